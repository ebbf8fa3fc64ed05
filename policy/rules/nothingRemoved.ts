import { kept, kindOf } from "../kept";
import type { Rule } from "../rule";
import { namesOf } from "../stack";

export const nothingRemoved: Rule = {
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
};
