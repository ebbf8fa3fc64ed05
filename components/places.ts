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

/** Returns the noun for a type of the API, such as `folder`; undefined for another type. */
export const placeNoun = (type: string): PlaceNoun | undefined =>
  isKnown(type) ? placeNouns[type] : undefined;

/** Returns the noun for a type of the API; the type itself if there is no noun. */
export const nounOf = (type: string): string => placeNoun(type) ?? type;

/** Types of the API, by their nouns. */
export const placeTypes = Object.fromEntries(
  Object.entries(placeNouns).map(([type, noun]) => [noun, type]),
) as Readonly<Record<PlaceNoun, PlaceType>>;

/** Returns the type of the API for a noun; undefined for an unknown noun. */
export const typeOf = (noun: string): PlaceType | undefined =>
  noun in placeTypes ? placeTypes[noun as PlaceNoun] : undefined;

/** Returns the name of a place in messages, such as `folder b1g…`. */
export const placeName = ({ type, id }: Resource): string => `${nounOf(type)} ${id}`;

/** Returns the place with a given noun and id. */
export const place = (noun: PlaceNoun, id: string): Resource => ({ type: placeTypes[noun], id });

/** Groups of commands of the vendor's CLI, by the word for the place. */
const commandGroups: Readonly<Record<PlaceNoun, string>> = {
  organization: "yc organization-manager organization",
  cloud: "yc resource-manager cloud",
  folder: "yc resource-manager folder",
  key: "yc kms symmetric-key",
  bucket: "yc storage bucket",
  "service account": "yc iam service-account",
};

const bindingCommand =
  (verb: "add" | "remove") =>
  (noun: PlaceNoun, id: string, role: string, subject: string): string =>
    `${commandGroups[noun]} ${verb}-access-binding ${noun === "bucket" ? "" : "--id "}${id} --role ${role} --subject ${subject}`;

/**
 * Returns the command that grants a role.
 *
 * @param id Id of the place; of a bucket its name.
 * @param subject Such as `serviceAccount:aje…`.
 */
export const grantCommand = bindingCommand("add");

/** Returns the command that revokes a role; parameters as of {@link grantCommand}. */
export const revokeCommand = bindingCommand("remove");
