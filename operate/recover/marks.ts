import type { Bucket } from "@yandex-cloud/nodejs-sdk/storage-v1/bucket";
import { labelsOf, ownerOf } from "../../components/owner";
import type { Properties, Resource } from "../stack/engineJson";
import { at, textOf } from "../stack/values";

/** Marks of the owner, project and stack, from labels, tags or a description. */
export type Marks = Readonly<Record<string, string>>;

export const ownerMarks = ["pulumi-project", "pulumi-stack"] as const;

/** Reads the owner from the description that the components give to accounts. */
export function describedMarks(text: string): Marks {
  const owner = ownerOf({}, text);
  return owner ? labelsOf(owner.project, owner.stack) : {};
}

/** Returns the tags of a bucket; none if there is no such bucket. */
export const tagsOf = (bucket: Bucket | undefined): Marks =>
  Object.fromEntries(bucket?.tags.map(({ key, value }) => [key, value]) ?? []);

/** Returns the marks that a resource should have. */
export function marksOf({ inputs }: Resource): Marks {
  const given = (inputs.labels ?? inputs.tags) as Properties | undefined;
  const labels = Object.fromEntries(ownerMarks.map((name) => [name, textOf(at(given, name)) ?? ""]));
  return given ? labels : describedMarks(textOf(inputs.description) ?? "");
}

export const isMarked = (marks: Marks, wanted: Marks): boolean =>
  ownerMarks.every((name) => wanted[name] && marks[name] === wanted[name]);
