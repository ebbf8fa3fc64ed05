import { kept, kindOf } from "../kept";
import { type Finding, type Rule, unknownFinding } from "../rule";
import type { Resource } from "../stack";
import { at, isUnknown, show } from "../values";

export const protectedResources: Rule = {
  name: "protected",
  description: "A trail, its bucket and its key are protected from deletion.",
  level: "mandatory",
  check: (stack) => kept(stack).flatMap(protectionFindings),
};

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
    findings.push(unknownFinding(resource, `deletionProtection of the key "${resource.name}".`));
  else if (value !== true)
    findings.push({
      resource,
      message: `The key "${resource.name}" has deletionProtection ${show(value)}: without the key no log can be read. Set deletionProtection to true.`,
    });
  return findings;
}
