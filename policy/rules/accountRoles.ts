import { accountsOf, gives, isPrimitive, needed, needsOf } from "../accountNeeds";
import { type Account, type Answer, grantsOf, isAccount, isTo, nameOfAccount } from "../grants";
import { type Finding, type Rule, unknownFinding } from "../rule";
import type { Stack, Trail } from "../stack";
import { isUnknown, listAt, show, unknown } from "../values";

export const accountRoles: Rule = {
  name: "account-roles",
  description: "The service account of a trail has exactly the roles that it needs.",
  level: "mandatory",
  check: (stack) => accountsOf(stack).flatMap(([account, trails]) => roleFindings(stack, account, trails)),
};

function roleFindings(stack: Stack, account: Account, trails: readonly Trail[]): Finding[] {
  const name = nameOfAccount(account);
  const needs = needsOf(stack, trails);
  if (isUnknown(needs))
    return trails.map(({ resource }) =>
      unknownFinding(
        resource,
        `the roles that its account "${name}" needs, because its scopes are not known yet.`,
      ),
    );
  const grants = grantsOf(stack).map((grant) => ({ grant, to: isTo(stack, grant, account) }));
  const to = (answer: Answer) => grants.filter((each) => each.to === answer).map(({ grant }) => grant);
  const own = to("yes").filter((grant) => !isPrimitive(grant));
  const undecided = to("unknown").filter(({ form }) => form !== "IamPolicy");
  const about = { names: [name], resource: "resource" in account ? account.resource : trails[0]?.resource };
  const missing = needs.flatMap((need): Finding[] => {
    const lacks = `the trail's account "${name}" has the role ${need.roles[0]} on ${need.on}`;
    const answers = own.map((grant) => gives(stack, grant, need));
    if (need.optional || answers.includes("yes")) return [];
    if (answers.includes("unknown") || undecided.some((grant) => gives(stack, grant, need) !== "no"))
      return [{ ...about, message: `Unknown whether ${lacks}.`, advisory: true }];
    return [
      {
        ...about,
        message:
          `Nothing in the stack shows that ${lacks}, which it needs. Grant it with an …IamMember resource. If another program ` +
          `grants it, name the account in "except".`,
      },
    ];
  });
  return [
    ...distinct(missing),
    ...own
      .filter((grant) => needs.every((need) => gives(stack, grant, need) === "no"))
      .map(({ resource, role, place }) => ({
        resource,
        names: [name],
        message:
          `"${resource.name}" grants the trail's account "${name}" the role ${show(role)} on the ${place}, which it does not need. ` +
          `Remove it; ${needed}.`,
      })),
    ...undecided.map(({ resource, role }) =>
      unknownFinding(
        resource,
        `whether "${resource.name}" grants the role ${show(role)} to the trail's account "${name}".`,
      ),
    ),
    ...groupFindings(stack, account),
  ];
}

/** Reports groups with the account as a member. */
function groupFindings(stack: Stack, account: Account): Finding[] {
  const name = nameOfAccount(account);
  return stack.ofType("OrganizationmanagerGroupMembership").flatMap((resource): Finding[] => {
    const members = listAt(resource.properties, "members");
    const answers = (isUnknown(members) ? [unknown] : members).map((member) =>
      isAccount(stack, account, member, resource, "members"),
    );
    if (answers.includes("yes"))
      return [
        {
          resource,
          names: [name],
          message: `"${resource.name}" makes the trail's account "${name}" a member of a group. The stack does not show the roles of the group. Remove the account from the group.`,
        },
      ];
    return answers.includes("unknown")
      ? [
          unknownFinding(
            resource,
            `whether the trail's account "${name}" is a member of the group of "${resource.name}".`,
          ),
        ]
      : [];
  });
}

/** Removes repeated findings, because two trails may need the same role. */
const distinct = (findings: readonly Finding[]): Finding[] => [
  ...new Map(findings.map((finding) => [finding.message, finding])).values(),
];
