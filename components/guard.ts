import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Kinds } from "./values";

/** An argument that cannot be. */
export interface Fault {
  /** Path of the argument, such as `trails.payments.dataEvents.kms`. */
  readonly path: string;
  /** What it must be, and what it is. */
  readonly reason: string;
}

/**
 * All faults of a component's arguments. The engine prints the message alone, without a stack: it takes this for the user's
 * error both in a program and in a plugin.
 */
export class ArgumentsError extends pulumi.InputPropertiesError {
  /** What `pulumi.RunError.isInstance` looks for. */
  readonly __pulumiRunError = true;

  constructor(component: string, name: string, faults: readonly Fault[]) {
    const count =
      faults.length === 1 ? "an argument that cannot be" : `${faults.length} arguments that cannot be`;
    super({
      message: `${component} "${name}" has ${count}; nothing of it was changed.\n${faults
        .map(({ path, reason }) => `  - ${path}: ${reason}`)
        .join("\n")}`,
      errors: [],
    });
  }
}

/** Takes an input that is not known yet, and checks one that is. */
export const input = <T extends z.ZodType>(schema: T) =>
  z.any().superRefine((value, { addIssue }) => {
    if (isKnown(value))
      for (const issue of schema.safeParse(value).error?.issues ?? [])
        addIssue({ ...issue, code: "custom", message: messageOf(issue) });
  });

/** Arguments: texts may be inputs that come late. */
export const argumentKinds: Kinds = {
  text: input,
  number: (schema) => schema,
  yesOrNo: (schema) => schema,
  ids: (what, id) => z.record(z.string(), input(id), `must be an object with ids of ${what}`),
};

/** Finds what single members cannot tell, in arguments whose members are right by themselves. */
export type Rules<Args> = (sound: Args) => readonly (Fault | false | undefined)[];

/** All faults of arguments: those of single members, and those that show among the members that are right. */
export function findFaults<Args extends object>(
  args: Args,
  schema: z.ZodObject,
  rules: Rules<Args> = () => [],
): Fault[] {
  const single = faultsOf(schema, args);
  return [...single, ...rules(soundPart(args, single)).filter((fault) => typeof fault === "object")];
}

/**
 * Checks the arguments of a component. What is not known yet is checked when it is.
 *
 * @param schema What the arguments must be, member by member.
 * @returns the arguments, whose late members fail with the same error once they are known to be wrong.
 * @throws {ArgumentsError} with all faults.
 */
export function guard<Args extends object>(
  component: string,
  name: string,
  args: Args,
  schema: z.ZodObject,
  rules?: Rules<Args>,
): Args {
  const faults = findFaults(args, schema, rules);
  if (faults.length > 0) throw new ArgumentsError(component, name, faults);
  const checked = Object.entries(schema.shape).flatMap(([key, member]) => {
    const value = memberOf(args, key);
    if (isKnown(value)) return [];
    const late: pulumi.Output<unknown> = pulumi.output(value as pulumi.Input<string>);
    const known = late.apply((now) => {
      const found = faultsOf(z.object({ [key]: member }), { [key]: now });
      if (found.length > 0) throw new ArgumentsError(component, name, found);
      return now;
    });
    return [[key, known]];
  });
  return { ...args, ...Object.fromEntries(checked) };
}

/** What a schema finds wrong with a value: paths and reasons, each with the value that is there. */
function faultsOf(schema: z.ZodType, value: unknown): Fault[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({
        path: [...path, key].join("."),
        reason: "there is no such argument",
      }));
    const found = path.reduce<unknown>((inner, key) => memberOf(inner, key), value);
    return [
      {
        path: path.join("."),
        reason: found === undefined ? "is missing" : `${messageOf(issue)}, not ${show(found)}`,
      },
    ];
  });
}

/** Arguments without those that are faulty by themselves; of a table of rows only the faulty rows are left out. */
function soundPart<Args extends object>(args: Args, faults: readonly Fault[]): Args {
  const tables = ["trails"];
  const sound = { ...args } as Record<string, unknown>;
  for (const { path } of faults) {
    const [member = "", row] = path.split(".");
    if (!tables.includes(member) || row === undefined) delete sound[member];
    else if (member in sound) {
      const { [row]: _, ...others } = sound[member] as Record<string, unknown>;
      sound[member] = others;
    }
  }
  return sound as Args;
}

const messageOf = (issue: z.core.$ZodIssue): string =>
  issue.code === "invalid_key" ? issue.issues.map(({ message }) => message).join("; ") : issue.message;

const memberOf = (owner: unknown, key: string): unknown =>
  (owner as Record<string, unknown> | undefined)?.[key];

/** Whether nothing in a value has to be waited for. */
function isKnown(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  if (typeof value !== "object" || value === null || pulumi.Resource.isInstance(value)) return true;
  return Object.values(value).every(isKnown);
}

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}..."` : text;
}
