import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { requireUsableEnvironment } from "./engine/providerConnection";
import { type Kinds, sentenceFor } from "./values";

/** Invalid argument. */
export interface Fault {
  /** Path of the argument, such as `trails.payments.dataEvents.kms`. */
  readonly path: string;
  /** Allowed values, and the value seen. */
  readonly reason: string;
}

/** Error with all faults of a component's arguments. The engine prints only its message, in a program and in a plugin. */
export class ArgumentsError extends pulumi.InputPropertiesError {
  /** Mark that `pulumi.RunError.isInstance` checks. */
  readonly __pulumiRunError = true;

  /** @param outcome Consequence for the component, such as "Nothing was created with it". */
  constructor(component: string, name: string, faults: readonly Fault[], outcome: string) {
    const count = faults.length === 1 ? "1 invalid argument" : `${faults.length} invalid arguments`;
    const list = faults.map(({ path, reason }) => `\n  - ${path}: ${reason}`).join("");
    const message = `${component} "${name}": ${count}. ${outcome}.${list}`;
    super({ message, errors: [] });
    // For an error in an output, Pulumi prints the stack, and puts the names of properties before the message.
    Object.defineProperties(this, {
      message: { get: () => message, set: () => {} },
      stack: { value: message },
    });
  }
}

/** Returns a schema that accepts an input which is not known yet, and checks a known one. */
export const input = <T extends z.ZodType>(schema: T) =>
  z.any().superRefine((value, { addIssue }) => {
    if (isKnown(value))
      for (const issue of schema.safeParse(value).error?.issues ?? []) addIssue({ ...issue, code: "custom" });
  });

/** Kinds of arguments: some may be outputs that are not known yet. */
export const argumentKinds: Kinds = {
  late: input,
  inId: input,
  plainText: (schema) => schema,
  number: (schema) => schema,
  yesOrNo: (schema) => schema,
  ids: (what, id) => z.record(z.string(), input(id), `must be an object with ids of ${what}`),
};

/** Function that finds faults between members, in arguments whose members are valid by themselves. */
export type Rules<Args> = (sound: Args) => readonly (Fault | false | undefined)[];

/** Returns all faults of arguments: those of single members, and those between the valid members. */
export function findFaults<Args extends object>(
  args: Args,
  schema: z.ZodObject,
  rules: Rules<Args> = () => [],
): Fault[] {
  const single = faultsOf(schema, args);
  return [...single, ...rules(soundPart(args, single, schema)).filter((fault) => typeof fault === "object")];
}

/**
 * Checks the arguments of a component. Values that are not known yet are checked as soon as they are known.
 *
 * @param schema Schema of the arguments, member by member.
 * @returns the arguments. An output among them fails with the same kind of error if its value is invalid.
 * @throws {ArgumentsError} with all faults.
 * @throws {pulumi.RunError} if the provider cannot work in this environment.
 */
export function guard<Args extends object>(
  component: string,
  name: string,
  args: Args,
  schema: z.ZodObject,
  rules?: Rules<Args>,
): Args {
  requireUsableEnvironment();
  const faults = findFaults(args, schema, rules);
  if (faults.length > 0)
    throw new ArgumentsError(component, name, faults, "None of its resources was changed");
  // The same input gets the same output everywhere: the plan recognizes shared values by identity.
  const checked = new Map<unknown, pulumi.Output<unknown>>();
  const check = (late: unknown) =>
    pulumi.output(late as pulumi.Input<string>).apply((now) => {
      const known = mapLate(args, (other) => (other === late ? now : other)) as Args;
      const found = findFaults(known, schema, rules);
      if (found.length > 0) throw new ArgumentsError(component, name, found, "Nothing was created with it");
      return now as unknown;
    });
  return mapLate(args, (late) => {
    const output = checked.get(late) ?? check(late);
    checked.set(late, output);
    return output;
  }) as Args;
}

/** Returns a value in which a function replaces each output and promise. */
function mapLate(value: unknown, change: (late: unknown) => unknown): unknown {
  if (isLate(value)) return change(value);
  if (Array.isArray(value)) return value.map((item) => mapLate(item, change));
  if (typeof value !== "object" || value === null || pulumi.Resource.isInstance(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapLate(member, change)]));
}

/** Returns the faults that a schema finds in a value: paths and reasons, each with the value seen. */
function faultsOf(schema: z.ZodType, value: unknown): Fault[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.map((issue) => {
    const path = issue.path.map(String);
    const found = path.reduce<unknown>((inner, key) => memberOf(inner, key), value);
    return { path: path.join("."), reason: reasonOf(issue, found) };
  });
}

/** Returns the arguments without invalid ones. From a table of rows, only the invalid rows are removed. */
function soundPart<Args extends object>(args: Args, faults: readonly Fault[], { shape }: z.ZodObject): Args {
  const sound = { ...args } as Record<string, unknown>;
  for (const { path } of faults) {
    const [member = "", row] = path.split(".");
    if (!isTable(shape[member]) || row === undefined) delete sound[member];
    else if (member in sound) {
      const { [row]: _, ...others } = sound[member] as Record<string, unknown>;
      sound[member] = others;
    }
  }
  return sound as Args;
}

const isTable = (schema: z.core.$ZodType | undefined): boolean =>
  schema instanceof z.ZodOptional ? isTable(schema.unwrap()) : schema instanceof z.ZodRecord;

function reasonOf(issue: z.core.$ZodIssue, found: unknown): string {
  if (found === undefined) return "is missing";
  return sentenceFor(issue, isLate(found) ? "an output or a promise" : show(found));
}

const memberOf = (owner: unknown, key: string): unknown =>
  (owner as Record<string, unknown> | undefined)?.[key];

/** Checks whether a value is an output or a promise. */
const isLate = (value: unknown): boolean => pulumi.Output.isInstance(value) || value instanceof Promise;

/** Checks whether a value contains no output and no promise. */
function isKnown(value: unknown): boolean {
  if (isLate(value)) return false;
  if (typeof value !== "object" || value === null || pulumi.Resource.isInstance(value)) return true;
  return Object.values(value).every(isKnown);
}

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}..."` : text;
}
