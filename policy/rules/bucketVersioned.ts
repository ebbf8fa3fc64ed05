import { type Rule, unknownFinding } from "../rule";
import { at, isUnknown, show } from "../values";

export const bucketVersioned: Rule = {
  name: "bucket-versioned",
  description: "The bucket of a trail keeps overwritten logs.",
  level: "advisory",
  check: (stack) =>
    stack.used("bucket").flatMap(({ resource }) => {
      const versioned = at(resource.properties, "versioning.enabled");
      if (isUnknown(versioned)) return [unknownFinding(resource, `versioning of "${resource.name}".`)];
      if (versioned === true) return [];
      return [
        {
          resource,
          message:
            `The bucket "${resource.name}" has versioning.enabled ${show(versioned)}: if the trail's account overwrites logs, ` +
            `the old ones are lost. Set it to true.`,
        },
      ];
    }),
};
