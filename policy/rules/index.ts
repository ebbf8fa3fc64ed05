import type { Rule } from "../rule";
import { accountRoles } from "./accountRoles";
import { bucketEncrypted } from "./bucketEncrypted";
import { bucketVersioned } from "./bucketVersioned";
import { lockConsistent } from "./lockConsistent";
import { noAccountKeys } from "./noAccountKeys";
import { noAuthoritativeBindings } from "./noAuthoritativeBindings";
import { noForceDestroy } from "./noForceDestroy";
import { noPrimitiveRoles } from "./noPrimitiveRoles";
import { noPublicAccess } from "./noPublicAccess";
import { nothingRemoved } from "./nothingRemoved";
import { organizationScope } from "./organizationScope";
import { protectedResources } from "./protectedResources";
import { resourcesInStack } from "./resourcesInStack";
import { retention } from "./retention";

/** Rules of the pack, in the order of the README. */
export const rules: readonly Rule[] = [
  organizationScope,
  bucketEncrypted,
  accountRoles,
  noPrimitiveRoles,
  noAuthoritativeBindings,
  noAccountKeys,
  noPublicAccess,
  retention,
  bucketVersioned,
  lockConsistent,
  noForceDestroy,
  protectedResources,
  nothingRemoved,
  resourcesInStack,
];
