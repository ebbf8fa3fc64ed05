import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { checkSettings } from "../../settings/read";
import { asText, valid } from "../settings/given";

const pages = [
  "README.md",
  ...["configuration", "deploy", "remove", "commands/preflight"].map((name) => `docs/${name}.md`),
]
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

describe("the examples of configuration in the docs", () => {
  const accepted = (values: Record<string, unknown>) => {
    const texts = Object.entries(values).map(([key, value]) => [key, asText(value)]);
    return checkSettings({ ...valid, ...Object.fromEntries(texts) });
  };

  const tables = [...pages.matchAll(/```yaml\n(config:\n.*?)```/gs)].map(([, text = ""]) => text);
  test("has tables", () => expect(tables.length).toBeGreaterThan(4));
  test.each(tables)("%s is accepted", (text) => {
    const entries = Object.entries<unknown>(parse(text).config);
    accepted(
      Object.fromEntries(entries.map(([key, value]) => [key.replace("yandex-audit-trails:", ""), value])),
    );
  });

  const commands = [...pages.matchAll(/^pulumi config set (--path )?([\w.-]+) ('[^']*'|<[^>]+>|[^\s<]+)/gm)];
  test("has commands", () => expect(commands.length).toBeGreaterThan(5));
  test.each(commands.map(([, path, key = "", value = ""]) => ({ path, key, value })))(
    "pulumi config set $key $value is accepted",
    ({ path, key, value }) => {
      const given = value.replace(/^<.*>$/, "placeholder");
      const [top = "", ...rest] = path ? key.split(".") : [key];
      accepted({ [top]: rest.reduceRight<unknown>((inner, part) => ({ [part]: inner }), given) });
    },
  );
});
