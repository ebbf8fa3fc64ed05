import {
  type Account,
  type Answer,
  type Grant,
  grantsOf,
  isAccount,
  isOn,
  isTo,
  nameOfAccount,
  type Place,
  type Target,
} from "../grants";
import { narrowerKeyRole, neededRoles, otherDestinations, primitiveRoles } from "../roles";
import { cannotTell, type Finding, type Rule } from "../rule";
import { keyIdPath, type Stack, type Trail } from "../stack";
import {
  at,
  isText,
  isUnknown,
  listAt,
  type Properties,
  show,
  type Unknown,
  unknown,
  type Value,
} from "../values";
import { allScopes, organization } from "./scope";

/** Requirement of an account: one of the roles on one of the places. */
interface Need {
  readonly roles: readonly string[];
  readonly targets: readonly Target[];
  /** Places that may contain one of the targets. A stack does not show which of them do. */
  readonly around?: readonly Target[];
  /** Name of the place in messages. */
  readonly on: string;
  /** True if the role is allowed, but may not be needed. */
  readonly optional?: boolean;
}

/** Types of keys with which others can act as an account. */
const keyTypes: Readonly<Record<string, string>> = {
  IamServiceAccountStaticAccessKey: "a static key",
  IamServiceAccountApiKey: "an API key",
  IamServiceAccountKey: "an authorized key",
  IamWorkloadIdentityFederatedCredential: "a federated credential",
};

const placeOfScope: Readonly<Record<string, Place>> = {
  [organization]: "organization",
  "resource-manager.cloud": "cloud",
  "resource-manager.folder": "folder",
};

export const accountRules: readonly Rule[] = [
  {
    name: "account-roles",
    description: "The service account of a trail has exactly the roles that it needs.",
    level: "mandatory",
    check: (stack) => accountsOf(stack).flatMap(([account, trails]) => roleFindings(stack, account, trails)),
  },
  {
    name: "no-primitive-roles",
    description: `The service account of a trail has none of the roles ${primitiveRoles.join(", ")}.`,
    level: "mandatory",
    check: (stack) =>
      accountsOf(stack).flatMap(([account]) =>
        grantsOf(stack)
          .filter((grant) => isPrimitive(grant) && isTo(stack, grant, account) === "yes")
          .map(({ resource, role, place }) => ({
            resource,
            names: [nameOfAccount(account)],
            message:
              `"${resource.name}" grants the trail's account "${nameOfAccount(account)}" the role ${show(role)} on the ${place}, which ` +
              `allows much more than the delivery of logs. Remove it; ${needed}.`,
          })),
      ),
  },
  {
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
  },
  {
    name: "no-account-keys",
    description: "Nobody else can act as the service account of a trail.",
    level: "mandatory",
    check: (stack) => accountsOf(stack).flatMap(([account]) => keyFindings(stack, account)),
  },
];

const needed =
  `a trail's account needs ${neededRoles.scope} on the trail's scopes, ${neededRoles.bucket} on the bucket's folder and ` +
  `${neededRoles.key} on the bucket's key`;

const isPrimitive = ({ role }: Grant): boolean => isText(role) && primitiveRoles.includes(role);

/** Returns the accounts of trails, each with its trails. */
function accountsOf(stack: Stack): [Account, readonly Trail[]][] {
  const outside = new Map<string, Trail[]>();
  for (const trail of stack.trails)
    if (trail.account.kind === "outside")
      outside.set(trail.account.id, [...(outside.get(trail.account.id) ?? []), trail]);
  return [
    ...stack
      .used("account")
      .map(({ resource, trails }): [Account, readonly Trail[]] => [{ resource }, trails]),
    ...[...outside].map(([id, trails]): [Account, readonly Trail[]] => [{ id }, trails]),
  ];
}

/** Returns the roles that the account of these trails needs; unknown if a trail's scopes are unknown. */
function needsOf(stack: Stack, trails: readonly Trail[]): Need[] | Unknown {
  const needs = trails.flatMap((trail): (Need | Unknown)[] => {
    const scopes = allScopes(trail.resource);
    if (isUnknown(scopes) || scopes.some((scope) => isUnknown(at(scope, "resourceType")))) return [unknown];
    return [
      ...scopeNeeds(trail, scopes),
      ...bucketNeeds(trail),
      ...keyNeeds(stack, trail),
      ...otherNeeds(trail),
    ];
  });
  return needs.includes(unknown) ? unknown : (needs as Need[]);
}

/**
 * Returns the roles on the scopes of a trail. A role on the organization also covers every scope, because all scopes of
 * a trail are in one organization.
 */
function scopeNeeds({ resource }: Trail, scopes: readonly Value[]): Need[] {
  const any = (place: Place): Target => ({ place, from: resource, property: "" });
  const containers: Partial<Record<Place, readonly Place[]>> = { cloud: [], folder: ["cloud"] };
  return scopes.map((scope) => {
    const { resourceId: id, resourceType: type } = scope as Properties;
    const place = isText(type) ? (placeOfScope[type] ?? "something else") : "something else";
    const property = resource.properties.filteringPolicy ? "filteringPolicy" : "filter";
    const own: Target = { place, id, from: resource, property };
    return {
      roles: [neededRoles.scope],
      targets: place === "organization" ? [own] : [own, any("organization")],
      around: place === "organization" ? [] : (containers[place] ?? ["cloud", "folder"]).map(any),
      on: `the ${place} ${show(id)}`,
    };
  });
}

function bucketNeeds({ resource, bucket }: Trail): Need[] {
  if (bucket.kind === "none") return [];
  if (bucket.kind !== "in the stack") {
    const anyFolder: Target = { place: "folder", from: resource, property: "" };
    return [
      {
        roles: [neededRoles.bucket],
        targets: [anyFolder, { ...anyFolder, place: "bucket" }],
        on: "the bucket's folder",
      },
    ];
  }
  const from = bucket.resource;
  const id = from.properties.folderId;
  return [
    {
      roles: [neededRoles.bucket],
      targets: [
        { place: "folder", id: isText(id) ? id : unknown, from, property: "folderId" },
        { place: "bucket", resource: from, from, property: "bucket" },
      ],
      on: `the folder of the bucket "${from.name}"`,
    },
  ];
}

function keyNeeds(stack: Stack, { resource: trail, bucket, key }: Trail): Need[] {
  const roles = [neededRoles.key, narrowerKeyRole];
  if (bucket.kind === "outside" || bucket.kind === "unknown")
    return [{ roles, targets: [{ place: "key", from: trail, property: "" }], on: "its key", optional: true }];
  if (bucket.kind === "none" || key.kind === "none") return [];
  const [property = ""] = keyIdPath.split(".");
  const from = bucket.resource;
  const target = { place: "key", id: at(from.properties, keyIdPath), from, property } as const;
  const resource =
    stack.giverOf("key", from, property) ?? (key.kind === "in the stack" ? key.resource : undefined);
  return [
    {
      roles,
      targets: [{ ...target, resource }],
      on: `the key ${resource ? `"${resource.name}"` : show(target.id)}`,
    },
  ];
}

function otherNeeds({ resource }: Trail): Need[] {
  return Object.entries(otherDestinations)
    .filter(([property]) => resource.properties[property])
    .map(([, role]) => ({
      roles: [role],
      targets: [{ place: "folder", from: resource, property: "" } as const],
      on: "the folder of its destination",
    }));
}

/** Checks whether a grant satisfies a need. */
function gives(stack: Stack, grant: Grant, { roles, targets, around = [] }: Need): Answer {
  if (isText(grant.role) && !roles.includes(grant.role)) return "no";
  const answers = targets.map((target) => isOn(stack, grant, target));
  if (answers.includes("yes") && !isUnknown(grant.role)) return "yes";
  const mayBe = [...answers, ...around.map((target) => isOn(stack, grant, target))];
  return mayBe.every((answer) => answer === "no") ? "no" : "unknown";
}

function roleFindings(stack: Stack, account: Account, trails: readonly Trail[]): Finding[] {
  const name = nameOfAccount(account);
  const needs = needsOf(stack, trails);
  if (isUnknown(needs))
    return trails.map(({ resource }) =>
      cannotTell(
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
      cannotTell(
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
          cannotTell(
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
        cannotTell(resource, `whether "${resource.name}" is ${what} of the trail's account "${name}".`),
      ];
    if (answer === "no") return [];
    return [
      {
        resource,
        names: [name],
        message:
          `"${resource.name}" is ${what} of the trail's account "${name}": whoever has it can write to the log bucket and read it. A ` +
          `trail needs none. Remove it, and use a separate account for readers of logs.`,
      },
    ];
  });
}
