import type { Binding, Resource } from "../../api/bindings";
import { type BucketSettings, keyIdOf } from "../../api/bucketSettings";
import type { CloudApi } from "../../api/connection";
import { failureText, settled } from "../../api/failures";
import { ObjectReader } from "../../api/objects";
import { distinctBy } from "../../components/distinct";
import { type Ability, type LogReach, reachOf } from "../../components/logAccess";
import { place, placeName } from "../../components/places";
import type { Answer } from "../../components/roles";
import type { CloudView, Level } from "../preflight/cloudView";
import { counted } from "./check";
import type { TrailTarget } from "./target";

/** Public access to bucket, key and logs. */
export interface PublicAccess {
  readonly faults: readonly string[];
  /** Reasons why there may be more public access. */
  readonly unclear: readonly string[];
  /** Checks that covered only a part of the objects. */
  readonly limits: readonly string[];
}

/** A role of a system group: everybody, or everybody in some organization. */
interface SystemGrant {
  readonly who: string;
  readonly role: string;
  readonly on: Resource;
  readonly reach: LogReach;
}

/** Maximum number of objects whose ACLs are checked, spread over all objects. */
const spread = 20;

/**
 * Finds access to the logs for callers who have no role themselves. It checks flags, ACLs, the policy, and roles of system
 * groups on bucket, key, account and their containers.
 */
export async function publicAccess(
  target: TrailTarget,
  settings: BucketSettings,
  view: CloudView,
  cloud: CloudApi,
): Promise<PublicAccess> {
  const keyId = keyIdOf(settings);
  const bucket = { type: "storage.bucket", id: settings.resourceId || target.bucketName };
  const folder = place("folder", settings.folderId);
  const account = { type: "iam.serviceAccount", id: target.accountId };
  const key = keyId === undefined ? undefined : place("key", keyId);
  const [own, ...chains] = await Promise.all([
    view.level(place("bucket", target.bucketName)).then((level): Level => ({ ...level, resource: bucket })),
    ...[folder, account, ...(key ? [key] : [])].map((one) => view.levels(one)),
  ]);
  const levels = distinctBy([own, ...chains.flatMap((chain) => chain.levels)], ({ resource }) => resource.id);
  const grants = levels.flatMap(grantsAt);
  const keyLevels = chains[2]?.levels ?? [];
  const decrypters = grants.filter(({ on }) => keyLevels.some(({ resource }) => resource.id === on.id));
  const isKeyUnread = keyLevels.some(({ failure }) => failure !== undefined) || chains[2]?.unknownParentOf;

  /** Checks whether a group that can get the objects can also decrypt them. */
  const canDecrypt = (who: string): Answer => {
    if (!keyId) return "yes";
    const answers = decrypters
      .filter((grant) => includesGroup(grant.who, who))
      .map(({ reach }) => reach.decrypts);
    if (answers.includes("yes")) return "yes";
    return answers.includes("unknown") || isKeyUnread ? "unknown" : "no";
  };
  const reading = (who: string): string =>
    ({
      yes: keyId ? ` They can read the logs: key ${keyId} decrypts for them.` : " They can read the logs.",
      no: ` They can list the logs; key ${keyId} does not decrypt for them.`,
      unknown: ` They can list the logs; it is unknown whether key ${keyId} decrypts for them.`,
    })[canDecrypt(who)];

  const { flags, acl, statements, conditional } = opennessOf(settings);
  const isPolicyClosed = settings.policy !== undefined && statements.length + conditional.length === 0;
  const byRole = grants.map((grant) => ({ grant, can: abilitiesOf(grant.reach, "yes") }));
  const objectAcls =
    keyId === undefined || canDecrypt("allUsers") !== "no"
      ? await openObjects(target, cloud)
      : { faults: [], unclear: [], limits: [] };
  return {
    faults: [
      ...flags.map(
        (flag) =>
          `It is public: everybody may ${flag}.${flag === "read" ? reading("allUsers") : ""} Switch anonymous access off.`,
      ),
      ...acl.map(
        ({ permission, who }) =>
          `It is public: its ACL gives ${permission} to ${who}.${/READ$|FULL/.test(permission) ? reading(who) : ""}`,
      ),
      ...(statements.length > 0
        ? [`It is public: its policy gives access to everybody, by statement ${statements.join(", ")}.`]
        : []),
      ...byRole.flatMap(({ grant: { who, role, on, reach }, can }) => {
        if (can.length === 0) return [];
        const reads = reach.reads === "yes" ? reading(who) : "";
        const policy = isPolicyClosed && reads ? " Only the bucket's policy may deny them access." : "";
        return [
          `It is public: ${peopleOf(who)} may ${can.join(", ")}, by role ${role} on ${placeName(on)}.${reads}${policy}`,
        ];
      }),
      ...objectAcls.faults,
    ],
    unclear: [
      ...byRole.flatMap(({ grant: { who, role, on, reach }, can }) =>
        can.length === 0 && abilitiesOf(reach, "unknown").length > 0
          ? [`${peopleOf(who)} has role ${role} on ${placeName(on)}, and it is unknown what that allows.`]
          : [],
      ),
      ...conditional.map(
        (sid) => `Statement ${sid} of its policy gives access to everybody who meets a condition.`,
      ),
      ...levels.flatMap(({ resource, failure }) =>
        failure === undefined
          ? []
          : [
              `It is unknown whether everybody has a role on ${placeName(resource)}: ${failureText(failure)}. ${readerOf(resource)} allows to read the roles.`,
            ],
      ),
      ...chains.flatMap(({ unknownParentOf: of }) =>
        of ? [`The container of ${placeName(of)} cannot be read. The roles there are unknown.`] : [],
      ),
      ...objectAcls.unclear,
    ].filter((line, i, all) => all.indexOf(line) === i),
    limits: objectAcls.limits,
  };
}

/** Names the narrowest role that allows to list role bindings. */
function readerOf({ type }: Resource): string {
  const [service = ""] = type.split(".");
  const role = service === "storage" ? "storage.viewer" : `${service}.auditor`;
  return `Role ${role} on it`;
}

const grantsAt = ({ resource: on, bindings = [] }: Level): SystemGrant[] =>
  bindings.flatMap(({ roleId: role, subject }: Binding) =>
    subject?.type === "system" ? [{ who: subject.id, role, on, reach: reachOf(role) }] : [],
  );

const verbs: Readonly<Record<Ability, string>> = {
  reads: "get log objects",
  changes: "change or delete logs",
  grants: "give roles",
  decrypts: "decrypt with the key",
  stops: "stop delivery",
};

const abilitiesOf = (reach: LogReach, answer: Answer): string[] =>
  (Object.keys(verbs) as Ability[]).filter((one) => reach[one] === answer).map((one) => verbs[one]);

/** https://yandex.cloud/en/docs/iam/concepts/access-control/system-group */
const people: Readonly<Record<string, string>> = {
  allUsers: "everybody (system group allUsers)",
  allAuthenticatedUsers: "everybody with an account of the cloud (system group allAuthenticatedUsers)",
};
const peopleOf = (who: string): string => people[who] ?? `everybody in system group ${who}`;

/** Checks whether a system group includes another one. */
function includesGroup(group: string, who: string): boolean {
  if (group === who || group === "allUsers") return true;
  return group === "allAuthenticatedUsers" && who !== "allUsers";
}

const aclGroups: Readonly<Record<string, string>> = {
  GRANT_TYPE_ALL_USERS: "allUsers",
  GRANT_TYPE_ALL_AUTHENTICATED_USERS: "allAuthenticatedUsers",
};

type Statement = Readonly<Record<string, unknown>>;

/** Returns the settings of the bucket that give access to everybody. */
function opennessOf({ anonymousAccessFlags = {}, acl, policy }: BucketSettings) {
  const { Statement: given = [] } = (policy ?? {}) as {
    readonly Statement?: Statement | readonly Statement[];
  };
  const open = [given]
    .flat()
    .map((statement, i): Statement & { readonly name: string } => ({
      ...Object(statement),
      name: String(Object(statement).Sid ?? i + 1),
    }))
    .filter(
      ({ Effect, Principal, NotPrincipal }) =>
        Effect !== "Deny" && (NotPrincipal !== undefined || isEverybody(Principal)),
    );
  return {
    flags: Object.entries(anonymousAccessFlags).flatMap(([flag, isOn]) => (isOn ? [flag] : [])),
    acl: (acl?.grants ?? []).flatMap(({ grantType, permission }) => {
      const who = aclGroups[grantType];
      return who ? [{ who, permission: permission.replace("PERMISSION_", "") }] : [];
    }),
    statements: open.filter(({ Condition }) => Condition === undefined).map(({ name }) => name),
    conditional: open.filter(({ Condition }) => Condition !== undefined).map(({ name }) => name),
  };
}

const isEverybody = (principal: unknown): boolean =>
  principal === "*" || Object.values(Object(principal)).flat().includes("*");

/** Checks the ACLs of some log objects, spread over all. */
async function openObjects({ bucketName, keyPrefix }: TrailTarget, cloud: CloudApi): Promise<PublicAccess> {
  using reader = await ObjectReader.open(bucketName, cloud);
  const read = async () => {
    const versions = await reader.versions(keyPrefix);
    const keys = [...versions].flatMap(([key, [latest]]) => (latest && !latest.isDeleteMarker ? [key] : []));
    const chosen = [
      ...new Set(
        Array.from(
          { length: Math.min(spread, keys.length) },
          (_, i, last = Math.min(spread, keys.length) - 1) =>
            keys[last > 0 ? Math.round((i * (keys.length - 1)) / last) : 0] ?? "",
        ),
      ),
    ];
    const acls = await settled(chosen.map((key) => reader.groupsIn(key)));
    return { keys, chosen, acls };
  };
  const [found] = await settled([read()]);
  if (found?.status !== "fulfilled")
    return {
      faults: [],
      unclear: [`The ACLs of its objects cannot be read: ${failureText(found?.reason)}.`],
      limits: [],
    };
  const { keys, chosen, acls } = found.value;
  const failed = acls.flatMap((acl) => (acl.status === "rejected" ? [failureText(acl.reason)] : []));
  return {
    faults: acls.flatMap((acl, i) =>
      acl.status === "fulfilled" && acl.value.length > 0
        ? [
            `It is public: the ACL of ${chosen[i]} grants ${acl.value.map(({ group, permission }) => `${permission} to ${group}`).join(", ")}.`,
          ]
        : [],
    ),
    unclear:
      failed.length > 0
        ? [
            `The ACLs of ${failed.length} of ${counted(chosen.length, "object")} cannot be read: ${failed[0]}.`,
          ]
        : [],
    limits:
      keys.length > chosen.length
        ? [`The ACLs of ${chosen.length} of ${keys.length} objects were checked, chosen evenly.`]
        : [],
  };
}
