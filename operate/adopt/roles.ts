import type { Resource } from "../../api/bindings";
import { meets, type RoleNeed } from "../../components/roles";
import type { ExistingSetUp } from "./existingSetUp";

/** A role that a trail's account must have. */
export interface NeededRole extends Pick<RoleNeed<unknown>, "role" | "perhapsEnough"> {
  readonly on: Resource;
  readonly accountId: string;
}

/** A needed role that is not granted on the place of the need. */
export interface MissingRole extends NeededRole {
  /** Other grants that may be enough. */
  readonly instead: ExistingSetUp["grants"];
}

/** Returns the needed roles that are not granted on the place of the need. */
export function missingRoles(needs: readonly NeededRole[], { grants }: ExistingSetUp): MissingRole[] {
  return needs
    .filter((need) => !grants.some((grant) => isThe(grant, need)))
    .map((need) => ({
      ...need,
      instead: grants.filter(
        ({ role, accountId }) => accountId === need.accountId && meets(role, need) !== "no",
      ),
    }));
}

/** Returns a place as the program names it: buckets by name, where the cloud uses an id. */
export function byBucketName(on: Resource, { buckets }: Pick<ExistingSetUp, "buckets">): Resource {
  if (on.type !== "storage.bucket") return on;
  const [name] = [...buckets].find(([, bucket]) => bucket?.settings.resourceId === on.id) ?? [];
  return name === undefined ? on : { ...on, id: name };
}

/** Checks whether a grant is exactly the needed role. */
export const isThe = (grant: ExistingSetUp["grants"][number], { role, on, accountId }: NeededRole): boolean =>
  grant.role === role && grant.on.id === on.id && grant.accountId === accountId;
