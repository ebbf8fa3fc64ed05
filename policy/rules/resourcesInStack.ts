import { type Finding, type Rule, unknownFinding } from "../rule";
import type { Found, Kind, Resource } from "../stack";
import { show } from "../values";

const words: Readonly<Record<Exclude<Kind, "trail">, string>> = {
  bucket: "delivers to the bucket",
  key: "encrypts its logs with the key",
  account: "uses the service account",
};

export const resourcesInStack: Rule = {
  name: "resources-in-stack",
  description:
    "The bucket, key and account of a trail are in the stack, so that the other rules can check them.",
  level: "mandatory",
  check: (stack) => stack.trails.flatMap(({ resource, ...uses }) => outsideFindings(resource, uses)),
};

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
      return [
        unknownFinding(trail, `which ${kind} the trail "${trail.name}" uses, so no rule has checked it.`),
      ];
    return [];
  });
}
