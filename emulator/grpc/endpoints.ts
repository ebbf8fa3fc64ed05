import { ApiEndpoint } from "@yandex-cloud/nodejs-sdk/endpoint/api_endpoint";
import {
  ApiEndpointServiceService,
  GetApiEndpointRequest,
  ListApiEndpointsRequest,
  ListApiEndpointsResponse,
} from "@yandex-cloud/nodejs-sdk/endpoint/api_endpoint_service";
import { CloudError } from "../backend/errors";
import { type Service, unary } from "./service";

/** Services that clients look up; all of them live at the one address of this server. */
const serviceIds = [
  "audittrails",
  "endpoint",
  "iam",
  "kms",
  "kms-crypto",
  "operation",
  "organization-manager",
  "resource-manager",
  "storage-api",
];

export const apiEndpointService = (address: () => string): Service => ({
  definition: ApiEndpointServiceService,
  methods: {
    get: unary(
      GetApiEndpointRequest,
      ApiEndpoint,
      (_call, { apiEndpointId: id }: { apiEndpointId: string }) => {
        if (!serviceIds.includes(id)) throw new CloudError("NOT_FOUND", `Endpoint ${id} not found`);
        return { id, address: address() };
      },
    ),
    list: unary(ListApiEndpointsRequest, ListApiEndpointsResponse, () => ({
      endpoints: serviceIds.map((id) => ({ id, address: address() })),
    })),
  },
});
