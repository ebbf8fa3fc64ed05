import { CloudError } from "../backend/errors";
import type { Service } from "./service";

/** Services that clients look up. All except Object Storage have the address of this server. */
const serviceIds = [
  "audittrails",
  "endpoint",
  "iam",
  "kms",
  "kms-crypto",
  "operation",
  "organization-manager",
  "quota-manager",
  "resource-manager",
  "storage",
  "storage-api",
];

export const apiEndpointService = (address: (id: string) => string): Service => ({
  name: "yandex.cloud.endpoint.ApiEndpointService",
  methods: {
    get: (_call, { apiEndpointId: id }: { apiEndpointId: string }) => {
      if (!serviceIds.includes(id)) throw new CloudError("NOT_FOUND", `Endpoint ${id} not found`);
      return { id, address: address(id) };
    },
    list: () => ({
      endpoints: serviceIds.map((id) => ({ id, address: address(id) })),
    }),
  },
});
