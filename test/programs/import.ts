import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../../settings/read";
import { buildStack } from "../../stack";

/** The project's program, whose resources are imported: `IMPORT_IDS` has their ids by type, as JSON. */
const ids: Readonly<Record<string, string>> = JSON.parse(process.env.IMPORT_IDS ?? "{}");

pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
  type.startsWith("yandex:") ? { props, opts: pulumi.mergeOptions(opts, { import: ids[type] }) } : undefined,
);

export const { trails } = buildStack(readSettings());
