import { Role } from "@yandex-cloud/nodejs-sdk/iam-v1/role";
import {
  GetRoleRequest,
  ListRolesRequest,
  ListRolesResponse,
  RoleServiceService,
} from "@yandex-cloud/nodejs-sdk/iam-v1/role_service";
import { CloudError } from "../backend/errors";
import { roleIds } from "../backend/iam/roles";
import { filtered, type PageRequest, pageAs } from "./paging";
import { type Service, unary } from "./service";

const roles = roleIds.map((id) => ({ id, description: "" }));

/** The roles that there are here. Whoever has a token may see them. */
export const roleService = (): Service => ({
  definition: RoleServiceService,
  methods: {
    get: unary(GetRoleRequest, Role, (_call, { roleId }: { roleId: string }) => {
      const role = roles.find(({ id }) => id === roleId);
      if (!role) throw new CloudError("NOT_FOUND", `Role ${roleId} not found`);
      return role;
    }),
    list: unary(ListRolesRequest, ListRolesResponse, (_call, page: PageRequest) => {
      return pageAs("roles", filtered(roles, page.filter, ["id"]), page);
    }),
  },
});
