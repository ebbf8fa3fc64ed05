import { isOfStack } from "../../stack/references";
import { textOf } from "../../stack/values";
import { facet, flag, orNone } from "./facet";

export const protection = flag({
  name: "protection",
  read: (resource) => (isOfStack(resource) ? resource.protect : undefined),
  harm: "The next change may remove or replace it.",
});

const removalOrder = ["keep", "deleteIfEmpty", "deleteWithLogs"];

export const onRemoval = facet<string>({
  name: "onRemoval",
  read: (resource, view) => {
    if (!isOfStack(resource)) return undefined;
    // If only this changes, the engine leaves the bucket out of its preview. The components have it.
    const components = view.componentsOf(resource);
    const given = components.flatMap(({ inputs }) => textOf(inputs.onRemoval) ?? [])[0];
    const isDeleted = components.some(({ inputs }) => inputs.retainOnDelete === false);
    return given ?? (isDeleted || !resource.retainOnDelete ? "deleteIfEmpty" : "keep");
  },
  show: orNone,
  judge: (before, after) => {
    if (after === "deleteWithLogs") return "unreadable";
    const rank = (value = "keep") => removalOrder.indexOf(value);
    return rank(after) > rank(before) ? "weaker" : "stronger";
  },
  harm: "Removed resources are deleted in the cloud, with the logs that they hold or decrypt.",
});
