import { Trail } from "@yandex-cloud/nodejs-sdk/audittrails-v1/trail";
import {
  CreateTrailRequest,
  DeleteTrailRequest,
  GetTrailRequest,
  TrailServiceService,
  UpdateTrailRequest,
} from "@yandex-cloud/nodejs-sdk/audittrails-v1/trail_service";
import type { Cloud } from "../backend/cloud";
import { type Masked, operation, type Service, unary } from "./service";

export const trailService = (cloud: Cloud): Service => ({
  definition: TrailServiceService,
  methods: {
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
  },
});
