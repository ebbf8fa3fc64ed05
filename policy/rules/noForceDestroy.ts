import { type Rule, unknownFinding } from "../rule";
import { at, isUnknown, show } from "../values";

export const noForceDestroy: Rule = {
  name: "no-force-destroy",
  description: "The bucket of a trail is not emptied when it is deleted.",
  level: "mandatory",
  check: (stack) =>
    stack.used("bucket").flatMap(({ resource }) => {
      const value = at(resource.properties, "forceDestroy");
      if (isUnknown(value))
        return [unknownFinding(resource, `forceDestroy of the bucket "${resource.name}".`)];
      return value
        ? [
            {
              resource,
              message: `The bucket "${resource.name}" has forceDestroy ${show(value)}: its deletion deletes every log in it. Remove forceDestroy.`,
            },
          ]
        : [];
    }),
};
