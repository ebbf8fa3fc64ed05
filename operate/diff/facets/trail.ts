import { letsUpload } from "../../stack/bucketPolicy";
import type { Resource } from "../../stack/engineJson";
import { isOpen, type Reference } from "../../stack/references";
import type { StackView } from "../../stack/stackView";
import type { Need } from "../../stack/trailRoles";
import { isMet, needsOf, takenBy } from "../../stack/trailRoles";
import { at, textOf } from "../../stack/values";
import { protection } from "./common";
import { type Facet, facet, listed, nameOf, nothing, orNone, shown } from "./facet";
import { referenceTo } from "./grants";

export const trailFacets: readonly Facet[] = [
  facet<string>({
    name: "name",
    input: "name",
    read: ({ inputs }) => shown(inputs.name),
    show: orNone,
    judge: nothing,
  }),
  facet<string>({
    name: "bucket",
    input: "storageDestination",
    read: (trail, view) =>
      textOf(view.inStack(view.bucketOf(trail))?.inputs.bucket) ??
      shown(at(trail.inputs, "storageDestination", "bucketName")),
    show: orNone,
    judge: () => "stop",
    worst: "stop",
    harm: "Events may be lost between the two destinations. Instead, add a second trail, and remove the first one when the second delivers.",
  }),
  facet<string>({
    name: "prefix",
    input: "storageDestination",
    read: (trail) => shown(at(trail.inputs, "storageDestination", "objectPrefix")),
    show: orNone,
    judge: () => "stop",
    worst: "stop",
    harm: "Events may be lost between the two destinations. Instead, add a second trail, and remove the first one when the second delivers.",
  }),
  facet<string>({
    name: "service account",
    input: "serviceAccountId",
    read: (trail, view) => nameOf(view.accountOf(trail)),
    show: orNone,
    judge: nothing,
  }),
  facet<Lack>({
    name: "roles that it lacks",
    read: lackOf,
    show: (lack) => listed(lack?.roles),
    judge: (before, after) => {
      const [were = [], are = []] = [before?.roles, after?.roles];
      const came = before?.account === after?.account ? are.filter((one) => !were.includes(one)) : are;
      if (came.some((one) => !one.startsWith(perhaps))) return "stop";
      if (came.length > 0) return "unknown";
      return were.length > are.length ? "wider" : undefined;
    },
    harm: "Without it the service refuses or stops the trail.",
  }),
  facet<string>({
    name: "status",
    read: ({ outputs }) => textOf(outputs.status)?.toUpperCase(),
    show: orNone,
    judge: (_, after) => (after === "ACTIVE" ? "wider" : "stop"),
    harm: "A trail that is not ACTIVE delivers nothing.",
    // A recreated trail has none yet.
    needsBoth: true,
  }),
  protection,
];

const perhaps = "perhaps ";

/** Roles that the trail needs and its account lacks, in words. */
interface Lack {
  readonly account: string;
  readonly roles: readonly string[];
}

function lackOf(trail: Resource, view: StackView): Lack | undefined {
  const account = view.accountOf(trail);
  const roles = lackingRoles(trail, account, view);
  return roles.length > 0 ? { account: account.urn ?? account.id ?? "", roles } : undefined;
}

function lackingRoles(trail: Resource, account: Reference, view: StackView): readonly string[] {
  if (isOpen(account)) return [];
  const roles = needsOf(trail, view).flatMap((need) => {
    const answer = isMet(need, account, view);
    const [{ on, onWhat }] = need.on;
    const role = `${need.role} on ${onWhat} ${nameOf(on)}${taken(need, account, view)}`;
    return answer === "yes" ? [] : [answer === "no" ? role : `${perhaps}${role}`];
  });
  const right = "the right to upload, by the bucket's policy";
  const upload = uploads(trail, account, view);
  return [...roles, ...(upload === "yes" ? [] : [upload === "no" ? right : `${perhaps}${right}`])].sort();
}

/** Names the grant that revokes the role, because it gives the role only to others. */
function taken(need: Need, account: Reference, view: StackView): string {
  const by = need.on.flatMap(({ on }) => takenBy(need.role, on, account, view)?.resource.urn ?? [])[0];
  return by ? `, which ${nameOf({ urn: by })} gives only to others` : "";
}

function uploads(trail: Resource, { id }: Reference, view: StackView) {
  const bucket = view
    .judged("bucket")
    .find((one) => view.isSame(view.bucketOf(trail), referenceTo(one, view)));
  const policy = bucket && view.policyOf(bucket);
  if (id === undefined || typeof policy !== "string" || policy === "") return "yes";
  const prefix = textOf(at(trail.inputs, "storageDestination", "objectPrefix")) ?? "";
  return letsUpload(policy, textOf(bucket?.inputs.bucket) ?? "", id, prefix);
}
