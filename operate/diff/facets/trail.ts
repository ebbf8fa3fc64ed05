import type { Resource } from "../../engine/json";
import { at, isOpen, textOf, type World } from "../../engine/world";
import { accessIn } from "./access";
import { protection } from "./common";
import { type Facet, facet, listed, nameOf, nothing, orNone, shown } from "./facet";

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
    read: (trail, world) =>
      textOf(world.inStack(world.bucketOf(trail))?.inputs.bucket) ??
      shown(at(trail.inputs, "storageDestination", "bucketName")),
    show: orNone,
    judge: () => "stop",
    worst: "stop",
    harm: "Events may be lost between the two destinations. Better add a second trail, and take the first one out when the second delivers.",
  }),
  facet<string>({
    name: "prefix",
    input: "storageDestination",
    read: (trail) => shown(at(trail.inputs, "storageDestination", "objectPrefix")),
    show: orNone,
    judge: () => "stop",
    worst: "stop",
    harm: "Events may be lost between the two destinations. Better add a second trail, and take the first one out when the second delivers.",
  }),
  facet<string>({
    name: "service account",
    input: "serviceAccountId",
    read: (trail, world) => nameOf(world.accountOf(trail)),
    show: orNone,
    judge: nothing,
  }),
  facet<readonly string[]>({
    name: "roles that it lacks",
    read: lackOf,
    show: listed,
    judge: (before = [], after = []) =>
      after.some((one) => !before.includes(one))
        ? "stop"
        : before.length > after.length
          ? "wider"
          : undefined,
    harm: "Without it the service refuses or stops the trail.",
  }),
  facet<string>({
    name: "status",
    read: ({ outputs }) => textOf(outputs.status)?.toUpperCase(),
    show: orNone,
    judge: (_, after) => (after === "ACTIVE" ? "wider" : "stop"),
    harm: "A trail that is not ACTIVE delivers nothing.",
    // A trail that is made anew has none yet.
    needsBoth: true,
  }),
  protection,
];

/** What the trail needs and does not have, in words. */
function lackOf(trail: Resource, world: World): readonly string[] {
  const account = world.accountOf(trail);
  if (isOpen(account)) return [];
  const roles = world.needsOf(trail).flatMap((need) => {
    const isTaken = world.takenBy(need, account) !== undefined;
    const [{ on, onWhat }] = need.on;
    return world.isMet(need, account) && !isTaken ? [] : [`${need.role} on ${onWhat} ${nameOf(on)}`];
  });
  const bucket = world.inStack(world.bucketOf(trail));
  const access = bucket && accessIn(bucket, world);
  const isShutOut = access && account.id !== undefined && !access.uploaders.includes(account.id);
  return [...roles, ...(isShutOut ? ["the right to upload, by the bucket's policy"] : [])].sort();
}
