import { accountsOf, type Need, needsOf } from "../accountNeeds";
import { type Account, type Grant, grantsOf, isOn, isTo, nameOfAccount } from "../grants";
import type { Finding, Rule } from "../rule";
import type { Stack } from "../stack";
import { isUnknown, show, type Unknown } from "../values";

export const noAuthoritativeBindings: Rule = {
  name: "no-authoritative-bindings",
  description: "Roles on resources of a trail are granted one by one.",
  level: "mandatory",
  check: (stack) => {
    const needs = accountsOf(stack).map(([account, trails]) => ({
      account,
      needs: needsOf(stack, trails),
    }));
    return grantsOf(stack).flatMap((grant) => authoritativeFindings(stack, grant, needs));
  },
};

function authoritativeFindings(
  stack: Stack,
  grant: Grant,
  accounts: readonly { readonly account: Account; readonly needs: Need[] | Unknown }[],
): Finding[] {
  const { resource, form, place, role } = grant;
  // The provider has no other resource that grants a role on one bucket.
  if (form === "IamMember" || (form === "IamBinding" && place === "bucket")) return [];
  const concerned = accounts.filter(
    ({ account, needs }) =>
      (form === "IamBinding" && isTo(stack, grant, account) === "yes") ||
      (!isUnknown(needs) &&
        needs.some(
          (need) =>
            (form === "IamPolicy" || isUnknown(role) || need.roles.some((each) => each === role)) &&
            need.targets.some((target) => isOn(stack, grant, target) !== "no"),
        )),
  );
  if (concerned.length === 0) return [];
  const takes = form === "IamPolicy" ? "every other role" : `the role ${show(role)} from every other account`;
  return [
    {
      resource,
      names: concerned.map(({ account }) => nameOfAccount(account)),
      message:
        `"${resource.name}" has the type ${resource.type}: with each update it removes ${takes} on its ${place}. A ` +
        `trail whose account loses its role stops. Grant roles with ${resource.type.replace(form, "IamMember")}.`,
    },
  ];
}
