import type { Cloud } from "../backend/cloud";
import { accessBindingMethods } from "./accessBindings";
import { type InFolder, listIn, listOperations } from "./listing";
import type { PageRequest } from "./paging";
import { type Masked, operation, type Service } from "./service";

export const trailService = (cloud: Cloud): Service => ({
  name: "yandex.cloud.audittrails.v1.TrailService",
  methods: {
    list: (call, request: InFolder) =>
      listIn(cloud, call, request, "trails", "audit-trails.trails.list", () => cloud.trails.shown()),
    listOperations: (call, { trailId, ...page }: PageRequest & { trailId: string }) => {
      const { id } = cloud.trails.get(call, trailId);
      return listOperations(cloud, id, page);
    },
    get: (call, { trailId }: { trailId: string }) => cloud.trails.get(call, trailId),
    create: operation((call, request: { folderId: string }) => cloud.trails.create(call, request)),
    update: operation((call, { updateMask, ...request }: Masked<{ trailId: string }>) =>
      cloud.trails.update(call, request, updateMask?.paths),
    ),
    delete: operation((call, { trailId }: { trailId: string }) => cloud.trails.delete(call, trailId)),
    ...accessBindingMethods(cloud, "trail"),
  },
});
