import {
  ApiEndpointServiceService,
  ListApiEndpointsRequest,
  ListApiEndpointsResponse,
} from "@yandex-cloud/nodejs-sdk/endpoint/api_endpoint_service";
import { type Service, unary } from "./service";

/** Services that clients look up; all of them live at the one address of this server. */
const serviceIds = [
  "audittrails",
  "endpoint",
  "iam",
  "kms",
  "operation",
  "organization-manager",
  "resource-manager",
  "storage-api",
];

export const apiEndpointService = (address: () => string): Service => ({
  definition: ApiEndpointServiceService,
  methods: {
    list: unary(ListApiEndpointsRequest, ListApiEndpointsResponse, () => ({
      endpoints: serviceIds.map((id) => ({ id, address: address() })),
    })),
  },
});
