import * as pulumi from "@pulumi/pulumi";

type Property = Readonly<Record<string, unknown>>;

interface ResourceSchema {
  readonly inputProperties: Readonly<Record<string, Property>>;
  readonly requiredInputs?: readonly string[];
  readonly properties: Readonly<Record<string, Property>>;
  /** Outputs that are always there. */
  readonly required?: readonly string[];
}

/** Output of `pulumi package get-schema`, as far as it is used here. */
export interface PackageSchema {
  readonly resources: Readonly<Record<string, ResourceSchema>>;
}

type Args = Readonly<Record<string, unknown>>;

/** `StorageBucket`, say, out of a type token. */
const classOf = (token: string): string => token.split(":").at(-1) ?? token;

/**
 * An SDK with the classes that Pulumi generates from a schema. They take only what the schema has, and nothing that it
 * calls deprecated.
 */
export const sdkOf = ({ resources }: PackageSchema) =>
  Object.fromEntries(
    Object.entries(resources).map(([token, schema]) => [classOf(token), resourceClass(token, schema)]),
  );

function resourceClass(token: string, { inputProperties, requiredInputs = [], properties }: ResourceSchema) {
  const nothing = Object.fromEntries(Object.keys(properties).map((name) => [name, undefined]));
  return class extends pulumi.CustomResource {
    constructor(name: string, args: Args, opts: pulumi.CustomResourceOptions) {
      const given = Object.keys(args).filter((property) => args[property] !== undefined);
      const faults = [
        ...given.filter((property) => !(property in inputProperties)).map((one) => `${one} is unknown`),
        ...given
          .filter((property) => inputProperties[property]?.deprecationMessage)
          .map((one) => `${one} is deprecated`),
        ...requiredInputs.filter((property) => !given.includes(property)).map((one) => `${one} is missing`),
      ];
      if (faults.length > 0) throw new Error(`${token} ${name}: ${faults.join(", ")}`);
      super(token, name, { ...nothing, ...args }, opts);
    }
  };
}

/** Inputs by class that keep their old value where they are left out: Optional and Computed in the provider's words. */
export const keptInputs = ({ resources }: PackageSchema): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(resources).map(([token, { inputProperties, requiredInputs = [], required = [] }]) => [
      classOf(token),
      required.filter((name) => name in inputProperties && !requiredInputs.includes(name)),
    ]),
  );
