import { CloudError } from "../backend/errors";
import { roleIds } from "../backend/iam/roles";
import { filtered, type PageRequest, pageAs } from "./paging";
import type { Service } from "./service";

const roles = roleIds.map((id) => ({ id, description: "" }));

/** The roles that there are here. Whoever has a token may see them. */
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
