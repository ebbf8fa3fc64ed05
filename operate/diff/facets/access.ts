import { type Access, accesses, type PolicyView, viewOf } from "../../stack/bucketPolicy";
import { Hidden, type Resource } from "../../stack/engineJson";
import { accessOf, canonical, type Access as OwnAccess } from "../../stack/ownPolicy";
import type { StackView } from "../../stack/stackView";
import { textOf } from "../../stack/values";
import type { Effect } from "../verdict";

/** The policy of a bucket. */
export class Policy {
  private constructor(
    /** Its access rules, if this library wrote it. */
    readonly own: OwnAccess | undefined,
    /** Undefined if it cannot be read. */
    readonly view: PolicyView | undefined,
    private readonly text: string,
  ) {}

  static of(bucket: Resource, view: StackView): Policy | Hidden | undefined {
    const policy = view.policyOf(bucket);
    if (policy instanceof Hidden) return policy;
    if (typeof policy !== "string" || policy === "") return undefined;
    const name = textOf(bucket.inputs.bucket) ?? "";
    return new Policy(accessOf(policy, name), viewOf(policy, name), canonical(policy));
  }

  /**
   * Returns the text by which policies are compared. All policies of this library have the same text: {@link accessIn} compares
   * their rules.
   */
  toJSON(): string {
    return this.own ? "own" : this.text;
  }

  /** Describes the policy in lines. */
  lines(): readonly string[] {
    const shutOut = "all others are denied";
    if (this.own) {
      const { administrators, readers } = this.own;
      const ids = (who: string, some: readonly string[]) =>
        some.length > 0 ? [`${who}: ${some.join(", ")}`] : [];
      return [shutOut, ...ids("administrators", administrators), ...ids("readers", readers)];
    }
    if (!this.view) return ["a policy that cannot be read (see the raw diff)"];
    const open = accesses.filter((access) => this.view?.everybody[access] !== "no");
    const words = open.length > 0 ? `everybody may ${open.join(", ")}` : shutOut;
    return [`another policy: ${words} (see the raw diff)`];
  }
}

/** Returns the access rules of a bucket's policy, if this library wrote the policy. */
export function accessIn(bucket: Resource, view: StackView): OwnAccess | undefined {
  const policy = Policy.of(bucket, view);
  return policy instanceof Policy ? policy.own : undefined;
}

const rank = { no: 0, unknown: 1, yes: 2 } as const;

/** Returns the effect of a changed policy, by the access that it denies. Without a policy, roles alone decide. */
export function judgePolicy(before: Policy | undefined, after: Policy | undefined): Effect | undefined {
  if ([before, after].some((policy) => policy && !policy.view)) return "unknown";
  const [was, is] = [before?.view, after?.view];
  const letsIn = (view: PolicyView | undefined, access: Access) => rank[view?.everybody[access] ?? "yes"];
  const denies = (view: PolicyView | undefined, what: "deniesDelete" | "deniesPlain") =>
    rank[view?.[what] ?? "no"];
  const named = (one: PolicyView | undefined, other: PolicyView | undefined) =>
    one !== undefined &&
    other !== undefined &&
    accesses.some((access) => one.named[access].some((id) => !other.named[access].includes(id)));
  const openings = [
    ...accesses.map((access) => letsIn(is, access) - letsIn(was, access)),
    ...(["deniesDelete", "deniesPlain"] as const).map((what) => denies(was, what) - denies(is, what)),
  ];
  const isOpen = (view: PolicyView | undefined) =>
    view !== undefined && accesses.some((access) => view.everybody[access] === "yes");
  if (openings.some((opening) => opening > 1) || named(is, was) || (!was && isOpen(is))) return "weaker";
  if (openings.some((opening) => opening === 1) || (is && hasUnknown(is))) return "unknown";
  return openings.some((opening) => opening < 0) || named(was, is) || isOpen(was) ? "stronger" : undefined;
}

const hasUnknown = ({ everybody }: PolicyView) => Object.values(everybody).includes("unknown");
