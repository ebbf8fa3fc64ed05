import type { Rule } from "../rule";
import { accessRules } from "./access";
import { accountRules } from "./account";
import { encryptionRules } from "./encryption";
import { protectionRules } from "./protection";
import { retentionRules } from "./retention";
import { scopeRules } from "./scope";

/** Rules of the pack, in the order of the README. */
export const rules: readonly Rule[] = [
  ...scopeRules,
  ...encryptionRules,
  ...accountRules,
  ...accessRules,
  ...retentionRules,
  ...protectionRules,
];
