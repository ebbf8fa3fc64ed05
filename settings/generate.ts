import { readFileSync } from "node:fs";
import { stringify } from "yaml";
import { renew } from "../tools/docs/renew";
import { settingsSchema } from "./schema";

/** Description of a key. */
interface Setting {
  readonly key: string;
  readonly description: string;
  /** Absent if the key is required. */
  readonly default?: unknown;
  /** Link to the text that says more, relative to docs/. */
  readonly more?: string;
}

const settings: readonly Setting[] = Object.entries(settingsSchema.shape).map(([key, schema]) => {
  const { description, more, default: value } = schema.meta() ?? {};
  if (!description) throw new Error(`settings/schema.ts: ${key} has no description. Give one in its meta.`);
  return { key, description, default: value, more };
});

/** Returns a value in YAML, on one line. */
const inline = (value: unknown) =>
  stringify(value, { lineWidth: 0, ...(typeof value === "object" && { collectionStyle: "flow" }) }).trimEnd();

/**
 * Entries of Pulumi.yaml, without types. With types the engine would stop at the first invalid value; the program
 * reports all faults at once.
 */
const configuration = settings.map(
  ({ key, description, default: value = "" }) =>
    `  ${key}:\n    default: ${inline(value)}\n    description: ${inline(description)}\n`,
);

const isEmpty = (value: unknown) => value === "" || inline(value) === "{}";

function row({ key, description, default: value, more }: Setting): string {
  const shown = value === undefined ? "required" : isEmpty(value) ? "none" : `\`${inline(value)}\``;
  const link = more ? ` [More](${more}).` : "";
  return `| \`${key}\` | ${shown} | ${description}${link} |\n`;
}

/** Replaces the part of a file that matches a pattern. */
function replaced(path: string, pattern: RegExp, text: string): string {
  const old = readFileSync(path, "utf8");
  if (!pattern.test(old))
    throw new Error(`${path} has no place for generated text: nothing matches ${pattern}`);
  return old.replace(pattern, () => text);
}

renew(
  {
    "Pulumi.yaml": replaced(
      "Pulumi.yaml",
      /^config:\n(?: .*\n)*/m,
      `config:\n  # Made of settings/schema.ts by npm run generate.\n${configuration.join("")}`,
    ),
    "docs/configuration.md": replaced(
      "docs/configuration.md",
      /(?<=<!-- Made of settings\/schema\.ts by npm run generate. -->\n).*?(?=<!-- End of what is made. -->\n)/s,
      `| key | default | meaning |\n|---|---|---|\n${settings.map(row).join("")}`,
    ),
  },
  "npm run generate",
);
