import type { EnforcementLevel, PolicyConfigSchema, StackValidationPolicy } from "@pulumi/policy";
import { namesOf, type Resource, Stack } from "./stack";

/** Finding of a rule. */
export interface Finding {
  /** Problem, value seen, allowed values, and next step. */
  readonly message: string;
  /** Resource with the problem; absent if it is not in the stack. */
  readonly resource?: Resource;
  /** Further names that `except` may use for this finding, in addition to the names of the resource. */
  readonly names?: readonly string[];
  /**
   * True if only the update or a person can decide. Such a finding is advisory even in a mandatory rule. Otherwise a
   * first deployment, in which no id is known, could never pass its preview.
   */
  readonly advisory?: boolean;
}

/** Values of a rule's own settings, with defaults filled in. */
export type Settings = Readonly<Record<string, unknown>>;

/** Rule of the pack. */
export interface Rule {
  readonly name: string;
  readonly description: string;
  readonly level: Extract<EnforcementLevel, "advisory" | "mandatory">;
  /** Settings other than `except`. Each has a default. */
  readonly settings?: PolicyConfigSchema["properties"];
  readonly check: (stack: Stack, settings: Settings) => readonly Finding[];
}

const except: PolicyConfigSchema["properties"] = {
  except: {
    type: "array",
    items: { type: "string" },
    default: [],
    description:
      "Names or ids of trails, buckets, keys, accounts or other resources to which the rule does not apply.",
  },
};

/** Returns a finding that only the update can decide. */
export const unknownFinding = (resource: Resource, what: string): Finding => ({
  resource,
  message: `Unknown before the update: ${what}`,
  advisory: true,
});

/** Returns the findings of a rule in a stack, without the exceptions of its configuration. */
export function findingsOf(rule: Rule, stack: Stack, config: Settings): readonly Finding[] {
  const schema = { ...except, ...rule.settings };
  const defaults = Object.entries(schema).map(([name, { default: value }]) => [name, value]);
  const settings = { ...Object.fromEntries(defaults), ...config };
  const strange = Object.keys(config).filter((name) => !(name in schema));
  const excepted = settings.except as readonly string[];
  return [
    ...strange.map((name) => ({
      message: `The configuration of ${rule.name} has an unknown setting "${name}". Its settings are ${Object.keys(schema).join(", ")}.`,
    })),
    ...rule.check(stack, settings).filter(({ resource, names = [] }) => {
      const all = resource ? [...namesOf(resource), ...names] : names;
      return !all.some((name) => excepted.includes(name));
    }),
  ];
}

/** Returns a rule in the form of Pulumi's SDK. */
export function policyOf(rule: Rule): StackValidationPolicy {
  const { name, description, level, settings } = rule;
  return {
    name,
    description,
    enforcementLevel: level,
    configSchema: { properties: { ...except, ...settings } },
    validateStack: (args, reportViolation) => {
      for (const { message, resource, advisory } of findingsOf(rule, Stack.of(args), args.getConfig())) {
        const text = `${description}\n${message}`;
        // The SDK accepts a level for a single report, but its types do not declare it.
        const report = { message: text, urn: resource?.urn, enforcementLevel: "advisory" };
        if (advisory) reportViolation(report as unknown as string);
        else reportViolation(message, resource?.urn);
      }
    },
  };
}
