import type { Resource } from "../api/bindings";

/** Words for resources on which roles are granted and from which events are collected, by type in the vendor's API. */
const placeNouns = {
  "organization-manager.organization": "organization",
  "resource-manager.cloud": "cloud",
  "resource-manager.folder": "folder",
  "kms.symmetricKey": "key",
  "storage.bucket": "bucket",
  "iam.serviceAccount": "service account",
} as const;

export type PlaceType = keyof typeof placeNouns;
export type PlaceNoun = (typeof placeNouns)[PlaceType];

const isKnown = (type: string): type is PlaceType => type in placeNouns;

/** Returns the word for a type of the API; the type itself if there is no word. */
export const nounOf = (type: string): string => (isKnown(type) ? placeNouns[type] : type);

const types = Object.fromEntries(Object.entries(placeNouns).map(([type, noun]) => [noun, type])) as Record<
  PlaceNoun,
  PlaceType
>;

/** Returns the type of the API for a word; undefined for an unknown word. */
export const typeOf = (noun: string): PlaceType | undefined =>
  noun in types ? types[noun as PlaceNoun] : undefined;

/** Returns the name of a place in messages, such as `folder b1g…`. */
export const placeName = ({ type, id }: Resource): string => `${nounOf(type)} ${id}`;

/** Returns the place with a given word and id. */
export const place = (noun: PlaceNoun, id: string): Resource => ({ type: types[noun], id });

/** Commands of the vendor's CLI that grant a role, by the word for the place. It has no such command for a bucket. */
export const grantCommands = {
  organization: "yc organization-manager organization add-access-binding",
  cloud: "yc resource-manager cloud add-access-binding",
  folder: "yc resource-manager folder add-access-binding",
  key: "yc kms symmetric-key add-access-binding",
  "service account": "yc iam service-account add-access-binding",
} as const satisfies Partial<Record<PlaceNoun, string>>;

/**
 * Returns the command that grants a role on a place.
 *
 * @param subject Holder of the role, such as `serviceAccount:aje…`.
 * @returns undefined if the vendor's CLI has no such command.
 */
export function grantCommand(
  { type, id }: Resource,
  role: string,
  subject: string,
  quoted = (text: string) => text,
): string | undefined {
  const noun = nounOf(type);
  return noun in grantCommands
    ? `${grantCommands[noun as keyof typeof grantCommands]} --id ${quoted(id)} --role ${quoted(role)} --subject ${subject}`
    : undefined;
}
