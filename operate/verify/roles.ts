import { bindingsOf, type Resource as Place } from "../../api/bindings";
import { type BucketSettings, keyIdOf } from "../../api/bucketSettings";
import type { CloudApi } from "../../api/connection";
import { failureText, settled, unlessCloudFails } from "../../api/failures";
import { cloudOfFolder } from "../../api/hierarchy";
import { KeyRole, UploaderPlace } from "../../components/choices";
import {
  type Answer,
  documentedChoices,
  grantCommands,
  meets,
  type RoleNeed,
  type RolesArgs,
  rolesNeeded,
} from "../../components/roles";
import { scopeNames } from "../stack/stackView";
import type { Check } from "./check";
import type { Target } from "./target";

type Need = RoleNeed<Place>;

/** The roles on a place, as far as they concern the account. */
interface Look {
  readonly place: Place;
  /** Of the account itself, and of everybody. */
  readonly own: readonly string[];
  /** Of groups, in which it may be. */
  readonly ofGroups: readonly { readonly role: string; readonly group: string }[];
  /** Why they are not known. */
  readonly failure?: string;
}

const organization = "organization-manager.organization";
const cloudType = "resource-manager.cloud";
const folder = "resource-manager.folder";
const commands: Readonly<Record<string, string>> = {
  [organization]: grantCommands.organization,
  [cloudType]: grantCommands.cloud,
  [folder]: grantCommands.folder,
  "kms.symmetricKey": grantCommands.key,
  "storage.bucket": grantCommands.bucket,
};

/**
 * Whether the trail's account has the roles that it needs, and no others where it needs some.
 *
 * @param sharing The trails that use the account, this one too.
 * @param buckets What is set on the buckets of all of them.
 */
export async function checkRoles(
  target: Target,
  sharing: readonly Target[],
  buckets: ReadonlyMap<string, BucketSettings | undefined>,
  cloud: CloudApi,
): Promise<Check> {
  const name = "roles";
  const needs = needsOf(target, buckets.get(target.bucketName));
  const direct = distinct(needs.flatMap(({ on }) => on));
  const clouds = await cloudsOf(direct, cloud);
  const looks = await Promise.all(
    distinct([...direct, ...clouds.places]).map((place) => lookAt(place, target.accountId, cloud)),
  );
  const isDirect = ({ place }: Look) => direct.some((one) => same(one, place));
  const isContainer = ({ place }: Look) => place.type === organization || place.type === cloudType;

  const lacks: string[] = [];
  const unknown: string[] = [];
  for (const need of needs) {
    const at = looks.filter((look) => isContainer(look) || need.on.some((place) => same(place, look.place)));
    const held = (roles: readonly string[], answer: Answer) =>
      roles.filter((role) => meets(role, need) === answer);
    if (at.some(({ own }) => held(own, "yes").length > 0)) continue;
    const what = `${need.role} on ${need.on.map(nameOf).join(" or ")}`;
    const wasGranted = at.some(
      ({ place, failure }) =>
        !failure &&
        target.granted.some(({ role, on }) => role === need.role && idsOf(place, target).includes(on)),
    );
    const maybe = [
      ...at.flatMap(({ place, failure }) => (failure ? [`${nameOf(place)}: ${failure}`] : [])),
      ...(at.some(({ ofGroups }) => ofGroups.some(({ role }) => meets(role, need) !== "no"))
        ? ["a group has it, or may have it"]
        : []),
      ...at.flatMap(({ own, place }) =>
        held(own, "unknown").map((role) => `it has ${role} on ${nameOf(place)}, which may be enough`),
      ),
      ...(at.every(({ place }) => place.type !== cloudType) ? clouds.failures : []),
    ];
    const mayBeEnough = at.some(({ own }) => held(own, "unknown").length > 0);
    if (wasGranted && !mayBeEnough)
      lacks.push(`It lacks ${what}, which the stack gave it.${grantOf(need, target)}`);
    else if (maybe.length > 0) unknown.push(`It is unknown whether it has ${what}: ${maybe.join("; ")}.`);
    else lacks.push(`It lacks ${what}.${grantOf(need, target)}`);
  }
  const allowed = sharing.flatMap((one) => needsOf(one, buckets.get(one.bucketName)));
  // With the role on the bucket alone, one on its folder reaches buckets that no trail needs.
  const isNarrow = target.roles.uploader === UploaderPlace.Bucket;
  const isAllowed = (role: string, place: Place) =>
    allowed.some(
      (need) =>
        [need.role, ...need.perhapsEnough].includes(role) &&
        need.on.slice(0, isNarrow ? 1 : undefined).some((one) => same(one, place)),
    );
  const surplus = looks.flatMap(({ place, own }) =>
    own
      .filter((role) => !isAllowed(role, place))
      .map((role) => `It has ${role} on ${nameOf(place)}, which it does not need.`),
  );
  for (const { place, ofGroups } of looks)
    for (const { role, group } of ofGroups)
      if (!isAllowed(role, place))
        unknown.push(
          `It is unknown whether it has ${role} on ${nameOf(place)}, which it does not need: ${group} has it.`,
        );
  for (const look of looks)
    if (isDirect(look) && look.failure && !unknown.some((line) => line.includes(nameOf(look.place))))
      unknown.push(
        `It is unknown whether it has more than it needs on ${nameOf(look.place)}: ${look.failure}.`,
      );
  const unseen = looks.filter((look) => !isDirect(look) && look.failure).map(({ place }) => nameOf(place));
  const isEncrypted = needs.some(({ on }) => on.some(({ type }) => type === "kms.symmetricKey"));
  const limits = [
    ...(unseen.length > 0 ? [`Not checked (no permission): ${unseen.join(", ")}.`] : []),
    ...documentsOn(target.roles, isEncrypted),
  ];

  const where = looks
    .filter(({ failure }) => !failure)
    .map(({ place }) => nameOf(place))
    .join(", ");
  const account = `The account ${target.accountId}`;
  if (lacks.length + surplus.length > 0)
    return {
      name,
      result: "bad",
      text: `${account} has not exactly the roles that it needs.`,
      details: [...lacks, ...surplus, ...unknown, ...limits],
    };
  if (unknown.length > 0)
    return {
      name,
      result: "unknown",
      text: `It is unknown whether ${account.replace("The", "the")} has exactly the roles that it needs.`,
      details: [...unknown, ...limits],
    };
  return {
    name,
    result: "good",
    text: `${account} has the roles that it needs, and no other, on ${where}.`,
    details: limits,
  };
}

function needsOf({ collected, bucketName, bucket, keyId, roles }: Target, settings?: BucketSettings): Need[] {
  const scopes = collected.flatMap(({ scope = "" }) => {
    const [what, id] = scope.split(" ");
    const type = Object.keys(scopeNames).find((one) => scopeNames[one] === what);
    return type && id ? [{ type, id }] : [];
  });
  const folderId = settings?.folderId ?? (bucket?.inputs.folderId as string | undefined);
  const usedKey = settings ? keyIdOf(settings) : keyId;
  const bucketItself = { type: "storage.bucket", id: settings?.resourceId || bucketName };
  return rolesNeeded<Place>(
    {
      scopes: distinct(scopes),
      buckets: [
        {
          folder: typeof folderId === "string" ? { type: folder, id: folderId } : undefined,
          bucket: bucketItself,
        },
      ],
      keys: usedKey && usedKey !== "none" ? [{ type: "kms.symmetricKey", id: usedKey }] : [],
    },
    roles,
  );
}

/** The statements of the vendor's pages on the stack's choice of roles. */
const documentsOn = (
  { uploader = UploaderPlace.Folder, key = KeyRole.EncrypterDecrypter }: RolesArgs,
  isEncrypted: boolean,
): string[] => [documentedChoices.uploader[uploader], ...(isEncrypted ? [documentedChoices.key[key]] : [])];

/** The clouds that folders are in: a role there is good for the folder too. */
async function cloudsOf(places: readonly Place[], cloud: CloudApi) {
  const ids = places.filter(({ type }) => type === folder).map(({ id }) => id);
  const looks = await settled(ids.map((id) => cloudOfFolder(id, cloud)));
  return {
    places: looks.flatMap((look) =>
      look.status === "fulfilled" && look.value ? [{ type: cloudType, id: look.value }] : [],
    ),
    failures: looks.flatMap((look, i) =>
      look.status === "rejected" ? [`folder ${ids[i]}: ${failureText(look.reason)}`] : [],
    ),
  };
}

async function lookAt(place: Place, accountId: string, cloud: CloudApi): Promise<Look> {
  const look = { place, own: [] as string[], ofGroups: [] as { role: string; group: string }[] };
  const read = async () => {
    for await (const { roleId, subject } of bindingsOf(place, cloud)) {
      const { type, id } = subject ?? {};
      if ((type === "serviceAccount" && id === accountId) || isEverybody(type, id)) look.own.push(roleId);
      else if (type === "group" || type === "system")
        look.ofGroups.push({ role: roleId, group: `${type} ${id}` });
    }
    return look;
  };
  return unlessCloudFails(read(), (error) => ({
    ...{ place, own: [], ofGroups: [], failure: failureText(error) },
  }));
}

/** Groups of the system in which every account is: https://yandex.cloud/en/docs/iam/concepts/access-control/system-group */
const isEverybody = (type: string | undefined, id: string | undefined): boolean =>
  type === "system" && (id === "allUsers" || id === "allAuthenticatedUsers");

function grantOf({ role, on: [first] }: Need, { accountId, bucketName }: Target): string {
  const command = commands[first.type];
  const place = first.type === "storage.bucket" ? bucketName : `--id ${first.id}`;
  return command ? ` Grant it: ${command} ${place} --role ${role} --subject serviceAccount:${accountId}` : "";
}

/** The ids of a place: the state knows a bucket by its name. */
const idsOf = ({ type, id }: Place, { bucketName }: Target): readonly string[] =>
  type === "storage.bucket" ? [id, bucketName] : [id];

const nouns: Readonly<Record<string, string>> = {
  "kms.symmetricKey": "key",
  "iam.serviceAccount": "service account",
};

/** A place as people call it. */
export const nameOf = ({ type, id }: Place): string => `${nouns[type] ?? type.split(".").at(-1)} ${id}`;

const same = (one: Place, other: Place): boolean => one.type === other.type && one.id === other.id;

const distinct = (places: readonly Place[]): Place[] =>
  places.filter((place, i) => places.findIndex((other) => same(place, other)) === i);
