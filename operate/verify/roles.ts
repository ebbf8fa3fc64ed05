import type { Binding, Resource as Place } from "../../api/bindings";
import { type BucketSettings, keyIdOf } from "../../api/bucketSettings";
import type { CloudApi } from "../../api/connection";
import { failureText, settled } from "../../api/failures";
import { cloudOfFolder } from "../../api/hierarchy";
import { KeyRole, UploaderPlace } from "../../components/choices";
import { distinctBy } from "../../components/distinct";
import { grantCommand, nounOf, place, placeName, placeNoun, typeOf } from "../../components/places";
import {
  type Answer,
  documentedChoices,
  meets,
  placesInUse,
  type RoleNeed,
  type RolesArgs,
  rolesNeeded,
} from "../../components/roles";
import type { CloudView } from "../preflight/cloudView";
import type { Check } from "./check";
import type { TrailTarget } from "./target";

type Need = RoleNeed<Place>;

/** Roles on a place that concern the account. */
interface PlaceRoles {
  readonly place: Place;
  /** Roles of the account itself, and of everybody. */
  readonly own: readonly string[];
  /** Roles of groups that may include the account. */
  readonly ofGroups: readonly { readonly role: string; readonly group: string }[];
  /** Reason why they are unknown. */
  readonly failure?: string;
}

/**
 * Checks whether the trail's account has the roles that it needs, and no other roles on the same places.
 *
 * @param sharing All trails that use the account, including this one.
 * @param buckets Settings of the buckets of these trails.
 */
export async function checkRoles(
  target: TrailTarget,
  sharing: readonly TrailTarget[],
  buckets: ReadonlyMap<string, BucketSettings | undefined>,
  view: CloudView,
): Promise<Check> {
  const name = "roles";
  const needs = needsOf(target, buckets.get(target.bucketName));
  const direct = distinctPlaces(needs.flatMap(({ on }) => on));
  const clouds = await cloudsOf(direct, view.cloud);
  const seen = await Promise.all(
    distinctPlaces([...direct, ...clouds.places]).map((place) => rolesAt(place, target, view)),
  );
  const isDirect = ({ place }: PlaceRoles) => direct.some((one) => same(one, place));
  const isContainer = ({ place }: PlaceRoles) => ["organization", "cloud"].includes(nounOf(place.type));

  const lacks: string[] = [];
  const unknown: string[] = [];
  for (const need of needs) {
    const at = seen.filter((one) => isContainer(one) || need.on.some((place) => same(place, one.place)));
    const held = (roles: readonly string[], answer: Answer) =>
      roles.filter((role) => meets(role, need) === answer);
    if (at.some(({ own }) => held(own, "yes").length > 0)) continue;
    const what = `${need.role} on ${need.on.map(placeName).join(" or ")}`;
    const wasGranted = at.some(
      ({ place, failure }) =>
        !failure &&
        target.granted.some(({ role, on }) => role === need.role && idsOf(place, target).includes(on)),
    );
    const maybe = [
      ...at.flatMap(({ place, failure }) => (failure ? [`${placeName(place)}: ${failure}`] : [])),
      ...(at.some(({ ofGroups }) => ofGroups.some(({ role }) => meets(role, need) !== "no"))
        ? ["a group has it, or may have it"]
        : []),
      ...at.flatMap(({ own, place }) =>
        held(own, "unknown").map((role) => `it has ${role} on ${placeName(place)}, which may be enough`),
      ),
      ...(at.every(({ place }) => nounOf(place.type) !== "cloud") ? clouds.failures : []),
    ];
    const mayBeEnough = at.some(({ own }) => held(own, "unknown").length > 0);
    if (wasGranted && !mayBeEnough)
      lacks.push(`It lacks ${what}, which the stack gave it.${grantOf(need, target)}`);
    else if (maybe.length > 0) unknown.push(`It is unknown whether it has ${what}: ${maybe.join("; ")}.`);
    else lacks.push(`It lacks ${what}.${grantOf(need, target)}`);
  }
  const allowed = sharing.flatMap((one) => needsOf(one, buckets.get(one.bucketName)));
  const has = (wanted: string, on: Place) =>
    seen.some(({ place, own }) => same(place, on) && own.includes(wanted));
  const isAllowed = (role: string, place: Place) =>
    allowed.some(
      (need) =>
        [need.role, ...need.perhapsEnough].includes(role) &&
        placesInUse(need, target.roles, (on) => has(need.role, on)).some((one) => same(one, place)),
    );
  const surplus = seen.flatMap(({ place, own }) =>
    own
      .filter((role) => !isAllowed(role, place))
      .map((role) => `It has ${role} on ${placeName(place)}, which it does not need.`),
  );
  for (const { place, ofGroups } of seen)
    for (const { role, group } of ofGroups)
      if (!isAllowed(role, place))
        unknown.push(
          `It is unknown whether it has ${role} on ${placeName(place)}, which it does not need: ${group} has it.`,
        );
  for (const one of seen)
    if (isDirect(one) && one.failure && !unknown.some((line) => line.includes(placeName(one.place))))
      unknown.push(`It is unknown whether it has surplus roles on ${placeName(one.place)}: ${one.failure}.`);
  const unseen = seen.filter((one) => !isDirect(one) && one.failure).map(({ place }) => placeName(place));
  const isEncrypted = needs.some(({ on }) => on.some(({ type }) => type === "kms.symmetricKey"));
  const limits = [
    ...(unseen.length > 0 ? [`Not checked (no permission): ${unseen.join(", ")}.`] : []),
    ...documentsOn(target.roles, isEncrypted),
  ];

  const where = seen
    .filter(({ failure }) => !failure)
    .map(({ place }) => placeName(place))
    .join(", ");
  const account = `The account ${target.accountId}`;
  if (lacks.length + surplus.length > 0)
    return {
      name,
      result: "bad",
      text: `${account} ${[lacks.length > 0 && "lacks roles", surplus.length > 0 && "has surplus roles"].filter(Boolean).join(" and ")}.`,
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

function needsOf(
  { collected, bucketName, bucket, keyId, roles }: TrailTarget,
  settings?: BucketSettings,
): Need[] {
  const scopes = collected.flatMap(({ scope = "" }) => {
    const [what, id] = scope.split(" ");
    const type = typeOf(what ?? "");
    return type && id ? [{ type, id }] : [];
  });
  const folderId = settings?.folderId ?? (bucket?.inputs.folderId as string | undefined);
  const usedKey = settings ? keyIdOf(settings) : keyId;
  const bucketItself = { type: "storage.bucket", id: settings?.resourceId || bucketName };
  return rolesNeeded<Place>(
    {
      scopes: distinctPlaces(scopes),
      buckets: [
        {
          folder: typeof folderId === "string" ? place("folder", folderId) : undefined,
          bucket: bucketItself,
        },
      ],
      keys: usedKey && usedKey !== "none" ? [place("key", usedKey)] : [],
    },
    roles,
  );
}

/** Returns the statements of the vendor's pages on the stack's choice of roles. */
const documentsOn = (
  { uploader = UploaderPlace.Folder, key = KeyRole.EncrypterDecrypter }: RolesArgs,
  isEncrypted: boolean,
): string[] => [documentedChoices.uploader[uploader], ...(isEncrypted ? [documentedChoices.key[key]] : [])];

/** Returns the clouds of folders: a role on a cloud also covers its folders. */
async function cloudsOf(places: readonly Place[], cloud: CloudApi) {
  const ids = places.filter(({ type }) => nounOf(type) === "folder").map(({ id }) => id);
  const results = await settled(ids.map((id) => cloudOfFolder(id, cloud)));
  return {
    places: results.flatMap((one) =>
      one.status === "fulfilled" && one.value ? [place("cloud", one.value)] : [],
    ),
    failures: results.flatMap((one, i) =>
      one.status === "rejected" ? [`folder ${ids[i]}: ${failureText(one.reason)}`] : [],
    ),
  };
}

async function rolesAt(
  place: Place,
  { accountId, bucketName }: TrailTarget,
  view: CloudView,
): Promise<PlaceRoles> {
  const { bindings, failure } = await view.level(
    nounOf(place.type) === "bucket" ? { ...place, id: bucketName } : place,
  );
  if (!bindings) return { place, own: [], ofGroups: [], failure: failureText(failure) };
  const isOwn = ({ subject: { type, id } = { type: "", id: "" } }: Binding) =>
    (type === "serviceAccount" && id === accountId) || isEverybody(type, id);
  return {
    place,
    own: bindings.filter(isOwn).map(({ roleId }) => roleId),
    ofGroups: bindings
      .filter((binding) => !isOwn(binding))
      .flatMap(({ roleId, subject }) =>
        subject?.type === "group" || subject?.type === "system"
          ? [{ role: roleId, group: `${subject.type} ${subject.id}` }]
          : [],
      ),
  };
}

/** Checks for a system group that includes every account: https://yandex.cloud/en/docs/iam/concepts/access-control/system-group */
const isEverybody = (type: string, id: string): boolean =>
  type === "system" && (id === "allUsers" || id === "allAuthenticatedUsers");

function grantOf({ role, on: [{ type, id }] }: Need, { accountId, bucketName }: TrailTarget): string {
  const noun = placeNoun(type);
  const target = noun === "bucket" ? bucketName : id;
  return noun ? ` Grant it: ${grantCommand(noun, target, role, `serviceAccount:${accountId}`)}` : "";
}

/** Returns the ids of a place: the state has the name of a bucket instead of its id. */
const idsOf = ({ type, id }: Place, { bucketName }: TrailTarget): readonly string[] =>
  type === "storage.bucket" ? [id, bucketName] : [id];

const same = (one: Place, other: Place): boolean => one.type === other.type && one.id === other.id;

const distinctPlaces = (places: readonly Place[]): Place[] => distinctBy(places, placeName);
