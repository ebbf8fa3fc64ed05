import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { requireUsableEnvironment } from "./engine/providerConnection";
import { type Kinds, sentenceFor } from "./values";

/** An invalid argument. */
export interface Fault {
  /** Path of the argument, such as `trails.payments.dataEvents.kms`. */
  readonly path: string;
  /** What it must be, and what it is. */
  readonly reason: string;
}

/** All faults of a component's arguments. The engine prints the message alone, in a program and in a plugin. */
export class ArgumentsError extends pulumi.InputPropertiesError {
  /** What `pulumi.RunError.isInstance` looks for. */
  readonly __pulumiRunError = true;

  /** @param outcome What the faults mean for the component. */
  constructor(component: string, name: string, faults: readonly Fault[], outcome: string) {
    const count = faults.length === 1 ? "1 invalid argument" : `${faults.length} invalid arguments`;
    const list = faults.map(({ path, reason }) => `\n  - ${path}: ${reason}`).join("");
    const message = `${component} "${name}": ${count}. ${outcome}.${list}`;
    super({ message, errors: [] });
    // Of an error that comes late, Pulumi prints the stack, and writes the names of properties before the message.
    Object.defineProperties(this, {
      message: { get: () => message, set: () => {} },
      stack: { value: message },
    });
  }
}

/** Takes an input that is not known yet, and checks one that is. */
export const input = <T extends z.ZodType>(schema: T) =>
  z.any().superRefine((value, { addIssue }) => {
    if (isKnown(value))
      for (const issue of schema.safeParse(value).error?.issues ?? []) addIssue({ ...issue, code: "custom" });
  });

/** Arguments: some may be inputs that come late. */
export const argumentKinds: Kinds = {
  late: input,
  inId: input,
  plainText: (schema) => schema,
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
  return [...single, ...rules(soundPart(args, single, schema)).filter((fault) => typeof fault === "object")];
}

/**
 * Checks the arguments of a component. What is not known yet is checked when it is.
 *
 * @param schema What the arguments must be, member by member.
 * @returns the arguments, whose late values fail with an error of the same kind once they are known to be wrong.
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
  // One output for a late value wherever it stands: what is shared is recognized by it.
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

/** A value with something else in place of each part that comes late. */
function mapLate(value: unknown, change: (late: unknown) => unknown): unknown {
  if (isLate(value)) return change(value);
  if (Array.isArray(value)) return value.map((item) => mapLate(item, change));
  if (typeof value !== "object" || value === null || pulumi.Resource.isInstance(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapLate(member, change)]));
}

/** What a schema finds wrong with a value: paths and reasons, each with the value that is there. */
function faultsOf(schema: z.ZodType, value: unknown): Fault[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.map((issue) => {
    const path = issue.path.map(String);
    const found = path.reduce<unknown>((inner, key) => memberOf(inner, key), value);
    return { path: path.join("."), reason: reasonOf(issue, found) };
  });
}

/** Arguments without those that are faulty by themselves; of a table of rows only the faulty rows are left out. */
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

/** Whether a value has to be waited for. */
const isLate = (value: unknown): boolean => pulumi.Output.isInstance(value) || value instanceof Promise;

/** Whether nothing in a value has to be waited for. */
function isKnown(value: unknown): boolean {
  if (isLate(value)) return false;
  if (typeof value !== "object" || value === null || pulumi.Resource.isInstance(value)) return true;
  return Object.values(value).every(isKnown);
}

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}..."` : text;
}
