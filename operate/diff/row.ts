import { Hidden, type Resource, type Value } from "../stack/engineJson";
import type { Kind } from "../stack/stackView";
import { splitUrn } from "../stack/urn";
import type { Departure } from "./situation";
import type { Effect } from "./verdict";

/** A thing that changes. */
export interface Row {
  /** What it is of, such as `bucket audit-trails-bucket`. */
  readonly subjects: readonly Subject[];
  readonly name: string;
  /** What others call it, such as the service whose data events are meant. */
  readonly detail?: string;
  /** What it was, in one or several lines; none for what is new. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly effect?: Effect;
  readonly harm?: string;
  /** What else is to be known of it. */
  readonly note?: string;
}

/** What a row or a loss is about. */
export interface Subject {
  readonly kind: keyof typeof kindNames;
  readonly name: string;
}

/** A resource that leaves, or is made anew, and the consequence. */
export interface Loss {
  readonly subject: Subject;
  readonly kind: Departure["kind"];
  readonly consequence: string;
  readonly effect?: Effect;
}

export interface Comparison {
  readonly rows: readonly Row[];
  readonly losses: readonly Loss[];
}

/** A resource before and after; one of the two is absent for what comes. What leaves is told as a loss. */
export interface Pair {
  readonly kind: Kind;
  readonly before?: Resource;
  readonly after: Resource;
}

export const kindNames = {
  ...{ trail: "trail", bucket: "bucket", key: "key", account: "service account" },
  ...{ folder: "folder", cloud: "cloud", organization: "organization", resource: "resource" },
} as const;

export const unknownText = "known only after the update";
export const secretText = "secret";

export const hiddenText = ({ why }: Hidden) => (why === "secret" ? secretText : unknownText);

/** A value as people read it, in one line. */
export function shownValue(value: Value | undefined): string {
  if (value === undefined || value === null || value === "") return "none";
  const plain = (_: string, one: unknown) => (one instanceof Hidden ? hiddenText(one) : one);
  return typeof value === "object" ? JSON.stringify(value, plain).replace(/^"(.*)"$/, "$1") : String(value);
}

export const subjectOf = ({ kind, after }: { readonly kind: Kind; readonly after: Resource }): Subject => ({
  kind,
  name: nameIn(after),
});

/** What is not of the stack has its id in the place of a URN. */
const nameIn = ({ urn }: Resource) => splitUrn(urn).name || urn;
