import { CloudError } from "../backend/errors";
import { roleIds } from "../backend/iam/roles";
import { filtered, type PageRequest, pageAs } from "./paging";
import type { Service } from "./service";

const roles = roleIds.map((id) => ({ id, description: "" }));

/** Returns the service for roles of the local cloud. Any client with a token may read them. */
export const roleService = (): Service => ({
  name: "yandex.cloud.iam.v1.RoleService",
  methods: {
    get: (_call, { roleId }: { roleId: string }) => {
      const role = roles.find(({ id }) => id === roleId);
      if (!role) throw new CloudError("NOT_FOUND", `Role ${roleId} not found`);
      return role;
    },
    list: (_call, page: PageRequest) => {
      return pageAs("roles", filtered(roles, page.filter, ["id"]), page);
    },
  },
});
