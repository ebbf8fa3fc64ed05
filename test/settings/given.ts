import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { checkSettings } from "../../settings/read";

const declared: Record<string, { default: unknown }> = parse(readFileSync("Pulumi.yaml", "utf8")).config;

/** A value as Pulumi hands it over. */
export const asText = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));

const required = {
  organizationId: "bpfexampleorganization",
  folderId: "b1gexamplefolder",
  bucketName: "audit-logs",
};
/** The required keys, and the defaults of the others. */
export const valid: typeof required & Record<string, string> = {
  ...Object.fromEntries(Object.entries(declared).map(([key, { default: value }]) => [key, asText(value)])),
  ...required,
};

/** The message with which the configuration is refused; fails if it is accepted. */
export function refusal(values: Record<string, string>, isSecret?: (key: string) => boolean): string {
  try {
    checkSettings(values, isSecret);
  } catch (error) {
    expect(error).toBeInstanceOf(pulumi.RunError);
    return (error as Error).message;
  }
  throw new Error(`accepted: ${JSON.stringify(values)}`);
}

export const refused = (key: string, value: string) => refusal({ ...valid, [key]: value });

/** Returns the value of `trails` with one row. */
export const trail = (settings: object) => JSON.stringify({ t: settings });
