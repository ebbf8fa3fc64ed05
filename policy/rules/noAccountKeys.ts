import { accountsOf } from "../accountNeeds";
import { type Account, isAccount, nameOfAccount } from "../grants";
import { type Finding, type Rule, unknownFinding } from "../rule";
import type { Stack } from "../stack";

/** Types of keys with which others can act as an account. */
const keyTypes: Readonly<Record<string, string>> = {
  IamServiceAccountStaticAccessKey: "a static key",
  IamServiceAccountApiKey: "an API key",
  IamServiceAccountKey: "an authorized key",
  IamWorkloadIdentityFederatedCredential: "a federated credential",
};

export const noAccountKeys: Rule = {
  name: "no-account-keys",
  description: "Only a trail can act as its service account.",
  level: "mandatory",
  check: (stack) => accountsOf(stack).flatMap(([account]) => keyFindings(stack, account)),
};

function keyFindings(stack: Stack, account: Account): Finding[] {
  const name = nameOfAccount(account);
  return stack.resources.flatMap((resource): Finding[] => {
    const what = keyTypes[resource.type];
    if (!what) return [];
    const answer = isAccount(
      stack,
      account,
      resource.properties.serviceAccountId,
      resource,
      "serviceAccountId",
    );
    if (answer === "unknown")
      return [
        unknownFinding(resource, `whether "${resource.name}" is ${what} of the trail's account "${name}".`),
      ];
    if (answer === "no") return [];
    return [
      {
        resource,
        names: [name],
        message:
          `"${resource.name}" is ${what} of the trail's account "${name}": anyone who has it can write to the log bucket and read it. A ` +
          `trail needs none. Remove it, and use a separate account for readers of logs.`,
      },
    ];
  });
}
