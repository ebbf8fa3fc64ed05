import type { EnforcementLevel, PolicyConfigSchema, StackValidationPolicy } from "@pulumi/policy";
import { namesOf, type Resource, Stack } from "./stack";

/** What a rule has found. */
export interface Finding {
  /** What is wrong, the value seen, what is allowed, what to do. */
  readonly message: string;
  /** The resource that it is about; none if it is not in the stack. */
  readonly resource?: Resource;
  /** Names by which a configuration may except it, beside those of the resource. */
  readonly names?: readonly string[];
  /**
   * Whether the update has to come first, or a person has to judge: such a finding is advisory in mandatory rules too. Else a
   * first deployment, on which no id is known, could never pass its preview.
   */
  readonly advisory?: boolean;
}

/** Values of a rule's own settings, with defaults in place. */
export type Settings = Readonly<Record<string, unknown>>;

/** A rule of the pack. */
export interface Rule {
  readonly name: string;
  readonly description: string;
  readonly level: Extract<EnforcementLevel, "advisory" | "mandatory">;
  /** Settings beside `except`; each has a default. */
  readonly settings?: PolicyConfigSchema["properties"];
  readonly check: (stack: Stack, settings: Settings) => readonly Finding[];
}

const except: PolicyConfigSchema["properties"] = {
  except: {
    type: "array",
    items: { type: "string" },
    default: [],
    description:
      "Names or ids of trails, buckets, keys, accounts or other resources that are wanted as they are.",
  },
};

/** A finding that only the update can settle. */
export const cannotTell = (resource: Resource, what: string): Finding => ({
  resource,
  message: `Cannot tell before the update ${what}`,
  advisory: true,
});

/** What a rule finds in a stack, without what its configuration excepts. */
export function findingsOf(rule: Rule, stack: Stack, config: Settings): readonly Finding[] {
  const schema = { ...except, ...rule.settings };
  const defaults = Object.entries(schema).map(([name, { default: value }]) => [name, value]);
  const settings = { ...Object.fromEntries(defaults), ...config };
  const strange = Object.keys(config).filter((name) => !(name in schema));
  const excepted = settings.except as readonly string[];
  return [
    ...strange.map((name) => ({
      message: `The configuration of ${rule.name} has "${name}", which is no setting of it. Its settings are ${Object.keys(schema).join(", ")}.`,
    })),
    ...rule.check(stack, settings).filter(({ resource, names = [] }) => {
      const all = resource ? [...namesOf(resource), ...names] : names;
      return !all.some((name) => excepted.includes(name));
    }),
  ];
}

/** A rule as the engine takes it. */
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
        // The SDK takes a level for a single report, which its types do not say.
        const report = { message: text, urn: resource?.urn, enforcementLevel: "advisory" };
        if (advisory) reportViolation(report as unknown as string);
        else reportViolation(message, resource?.urn);
      }
    },
  };
}
