import { Trail } from "@yandex-cloud/nodejs-sdk/audittrails-v1/trail";
import {
  CreateTrailRequest,
  DeleteTrailRequest,
  GetTrailRequest,
  ListTrailOperationsRequest,
  ListTrailOperationsResponse,
  ListTrailsRequest,
  ListTrailsResponse,
  TrailServiceService,
  UpdateTrailRequest,
} from "@yandex-cloud/nodejs-sdk/audittrails-v1/trail_service";
import type { Cloud } from "../backend/cloud";
import { accessBindingMethods } from "./accessBindings";
import { type InFolder, listIn, listOperations } from "./listing";
import type { PageRequest } from "./paging";
import { type Masked, operation, type Service, unary } from "./service";

export const trailService = (cloud: Cloud): Service => ({
  definition: TrailServiceService,
  methods: {
    list: unary(ListTrailsRequest, ListTrailsResponse, (call, request: InFolder) =>
      listIn(cloud, call, request, "trails", "audit-trails.trails.list", () => cloud.trails.shown()),
    ),
    listOperations: unary(
      ListTrailOperationsRequest,
      ListTrailOperationsResponse,
      (call, { trailId, ...page }: PageRequest & { trailId: string }) => {
        const { id } = cloud.trails.get(call, trailId);
        return listOperations(cloud, id, page);
      },
    ),
    get: unary(GetTrailRequest, Trail, (call, { trailId }: { trailId: string }) =>
      cloud.trails.get(call, trailId),
    ),
    create: operation(CreateTrailRequest, (call, request: { folderId: string }) =>
      cloud.trails.create(call, request),
    ),
    update: operation(UpdateTrailRequest, (call, { updateMask, ...request }: Masked<{ trailId: string }>) =>
      cloud.trails.update(call, request, updateMask?.paths),
    ),
    delete: operation(DeleteTrailRequest, (call, { trailId }: { trailId: string }) =>
      cloud.trails.delete(call, trailId),
    ),
    ...accessBindingMethods(cloud, "trail"),
  },
});
