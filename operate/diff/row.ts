import { Hidden, type Resource, type Value } from "../stack/engineJson";
import type { Kind } from "../stack/kinds";
import { splitUrn } from "../stack/urn";
import type { Departure } from "./situation";
import type { Effect } from "./verdict";

/** One change. */
export interface Row {
  /** Changed resources, such as `bucket audit-trails-bucket`. */
  readonly subjects: readonly RowSubject[];
  readonly name: string;
  /** Name that completes the row's name, such as the service of data events. It comes from outside of this library. */
  readonly detail?: string;
  /** Old value, in one or several lines; empty for a new resource. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly effect?: Effect;
  readonly harm?: string;
  /** Further remark on the change. */
  readonly note?: string;
}

/** Resource of a row or a loss. */
export interface RowSubject {
  readonly kind: keyof typeof kindNames;
  readonly name: string;
}

/** A resource that is removed or replaced, and the consequence. */
export interface Loss {
  readonly subject: RowSubject;
  readonly kind: Departure["kind"];
  readonly consequence: string;
  readonly effect?: Effect;
}

export interface Comparison {
  readonly rows: readonly Row[];
  readonly losses: readonly Loss[];
}

/** A resource before and after; `before` is absent if it is new. A removed resource is a loss. */
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

/** Formats a value for people, in one line. */
export function shownValue(value: Value | undefined): string {
  if (value === undefined || value === null || value === "") return "none";
  const plain = (_: string, one: unknown) => (one instanceof Hidden ? hiddenText(one) : one);
  return typeof value === "object" ? JSON.stringify(value, plain).replace(/^"(.*)"$/, "$1") : String(value);
}

export const subjectOf = ({
  kind,
  after,
}: {
  readonly kind: Kind;
  readonly after: Resource;
}): RowSubject => ({
  kind,
  name: nameIn(after),
});

/** Returns the name of a resource. A resource outside of the stack has its id in place of a URN. */
const nameIn = ({ urn }: Resource) => splitUrn(urn).name || urn;
