import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

interface Schema {
  readonly resources: Readonly<
    Record<
      string,
      {
        readonly inputProperties: Readonly<Record<string, unknown>>;
        readonly properties: Readonly<Record<string, unknown>>;
        readonly requiredInputs?: readonly string[];
      }
    >
  >;
}

type Resources = Readonly<Record<string, typeof pulumi.CustomResource>>;

/**
 * The resources of `@pulumi/yandex` for unit tests, made from the provider's schema: what the generated SDK registers, without
 * the toolchain that generates it.
 *
 * @param release Release of the provider whose schema lies in test/data.
 */
export function sdkOf(release: string): Resources {
  const file = join(__dirname, "..", "data", `schema-${release}.json`);
  const { resources }: Schema = JSON.parse(readFileSync(file, "utf8"));
  return Object.fromEntries(
    Object.entries(resources).map(([token, { inputProperties, properties, requiredInputs = [] }]) => {
      const Resource = class extends pulumi.CustomResource {
        constructor(name: string, args: Record<string, unknown> = {}, opts?: pulumi.CustomResourceOptions) {
          for (const property of requiredInputs)
            if (args[property] === undefined) throw new Error(`Missing required property '${property}'`);
          for (const property of Object.keys(args))
            if (!(property in inputProperties)) throw new Error(`${token} has no property '${property}'`);
          const outputs = Object.keys(properties).map((property) => [property, undefined] as const);
          super(token, name, { ...Object.fromEntries(outputs), ...args }, opts);
        }
      };
      return [token.split(":")[2], Resource];
    }),
  );
}
