import { cannotTell, type Finding, type Rule } from "../rule";
import { type Found, type Kind, kinds, namesOf, type Resource, type Stack } from "../stack";
import { at, isUnknown, show } from "../values";

/** Returns the trails, and the buckets and keys of the stack that they use. */
const kept = (stack: Stack): Resource[] => [
  ...stack.trails.map(({ resource }) => resource),
  ...(["bucket", "key"] as const).flatMap((kind) => stack.used(kind).map(({ resource }) => resource)),
];

const words: Readonly<Record<Exclude<Kind, "trail">, string>> = {
  bucket: "delivers to the bucket",
  key: "encrypts its logs with the key",
  account: "uses the service account",
};

const kindOf = (resource: Resource): string =>
  Object.entries(kinds).find(([, { type }]) => type === resource.type)?.[0] ?? "resource";

export const protectionRules: readonly Rule[] = [
  {
    name: "no-force-destroy",
    description: "The bucket of a trail is not emptied when it is deleted.",
    level: "mandatory",
    check: (stack) =>
      stack.used("bucket").flatMap(({ resource }) => {
        const value = at(resource.properties, "forceDestroy");
        if (isUnknown(value)) return [cannotTell(resource, `forceDestroy of the bucket "${resource.name}".`)];
        return value
          ? [
              {
                resource,
                message: `The bucket "${resource.name}" has forceDestroy ${show(value)}: its deletion deletes every log in it. Remove forceDestroy.`,
              },
            ]
          : [];
      }),
  },
  {
    name: "protected",
    description: "A trail, its bucket and its key are protected from deletion.",
    level: "mandatory",
    check: (stack) => kept(stack).flatMap(protectionFindings),
  },
  {
    name: "nothing-removed",
    description: "Required trails, buckets and keys are neither deleted nor replaced.",
    level: "mandatory",
    settings: {
      required: {
        type: "array",
        items: { type: "string" },
        default: [],
        description:
          "Ids of the trails, buckets and keys that must stay. Use names for those that may be replaced.",
      },
    },
    check: (stack, { required }) => {
      const there = kept(stack).flatMap(namesOf);
      return [
        ...(required as readonly string[])
          .filter((name) => !there.includes(name))
          .map((name) => ({
            names: [name],
            message:
              `"${name}" is required, but after this update no trail of the stack, and no bucket or key of a trail, has this name or id. It is ` +
              `deleted, replaced by a new one, or no longer used. Undo the change. To allow it, remove the name from "required".`,
          })),
        ...kept(stack)
          .filter(({ deleteBeforeReplace }) => deleteBeforeReplace)
          .map((resource) => ({
            resource,
            message: `The ${kindOf(resource)} "${resource.name}" has deleteBeforeReplace: a replacement deletes it first. Remove the option.`,
          })),
      ];
    },
  },
  {
    name: "resources-in-stack",
    description:
      "The bucket, key and account of a trail are in the stack, so that the other rules can check them.",
    level: "mandatory",
    check: (stack) => stack.trails.flatMap(({ resource, ...uses }) => outsideFindings(resource, uses)),
  },
];

function protectionFindings(resource: Resource): Finding[] {
  const kind = kindOf(resource);
  const findings: Finding[] = [];
  if (!resource.protect)
    findings.push({
      resource,
      message: `The ${kind} "${resource.name}" has no protect: if it is removed from the program, it is deleted. Set the resource option protect.`,
    });
  if (kind !== "key") return findings;
  const value = at(resource.properties, "deletionProtection");
  if (isUnknown(value))
    findings.push(cannotTell(resource, `deletionProtection of the key "${resource.name}".`));
  else if (value !== true)
    findings.push({
      resource,
      message: `The key "${resource.name}" has deletionProtection ${show(value)}: without the key no log can be read. Set deletionProtection to true.`,
    });
  return findings;
}

function outsideFindings(trail: Resource, uses: Readonly<Record<Exclude<Kind, "trail">, Found>>): Finding[] {
  return (Object.keys(words) as (keyof typeof words)[]).flatMap((kind) => {
    const found = uses[kind];
    if (found.kind === "outside")
      return [
        {
          resource: trail,
          names: [found.id],
          message:
            `The trail "${trail.name}" ${words[kind]} ${show(found.id)}, which is not in this stack, so no rule can check ` +
            `it. Check it in the program that creates it, and name it in "except". If it was in this stack, restore it.`,
        },
      ];
    if (found.kind === "unknown")
      return [cannotTell(trail, `which ${kind} the trail "${trail.name}" uses, so no rule has checked it.`)];
    return [];
  });
}
