import { meets, type RoleNeed } from "../../components/roles";
import type { Found } from "./look";

/** A role that a trail's account must have. */
export interface NeededRole extends Pick<RoleNeed<unknown>, "role" | "perhapsEnough"> {
  readonly on: { readonly type: string; readonly id: string };
  readonly accountId: string;
}

/** A role that is needed and not granted where it is needed. */
export interface MissingRole extends NeededRole {
  /** What may stand for it. */
  readonly instead: Found["grants"];
}

export function missingRoles(needs: readonly NeededRole[], { grants }: Found): MissingRole[] {
  return needs
    .filter((need) => !grants.some((grant) => isThe(grant, need)))
    .map((need) => ({
      ...need,
      instead: grants.filter(
        ({ role, accountId }) => accountId === need.accountId && meets(role, need) !== "no",
      ),
    }));
}

/** Grants as the program names their places: buckets by name, where the cloud has an id for roles. */
export const byBucketName = ({ grants, buckets }: Found): Found["grants"] =>
  grants.map((grant) => {
    const named = [...buckets].find(([, bucket]) => bucket?.settings.resourceId === grant.on.id);
    return grant.on.type === "storage.bucket" && named
      ? { ...grant, on: { ...grant.on, id: named[0] } }
      : grant;
  });

export const isThe = (grant: Found["grants"][number], { role, on, accountId }: NeededRole): boolean =>
  grant.role === role && grant.on.id === on.id && grant.accountId === accountId;
