import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { ArgumentsError } from "../../components";
import { findFaults, guard, input } from "../../components/guard";
import * as values from "../../components/values";
import { withEnvironment } from "../support/fakes";
import { register } from "../support/mocks";

interface Args {
  readonly name: pulumi.Input<string>;
  readonly ids?: Readonly<Record<string, pulumi.Input<string>>>;
  readonly days?: number;
}

const schema = values.only({
  name: input(values.name),
  ids: z.record(z.string(), input(values.id("a folder"))).optional(),
  days: values.days.optional(),
});
const check = (args: object, rules?: (sound: Args) => { path: string; reason: string }[]) =>
  guard<Args>("Part", "p", args as Args, schema, rules);

/** Result of an output: the value, or the message of its fault. */
const ending = (output: unknown) => {
  const { isKnown, isSecret, ...methods } = output as Record<"isKnown" | "isSecret", Promise<boolean>>;
  const { promise, allResources } = { ...methods } as unknown as Record<string, () => Promise<unknown>>;
  return Promise.all([promise?.(), allResources?.(), isKnown, isSecret]).then(
    ([value]) => value,
    (error: Error) => error.message,
  );
};

test("arguments without faults are handed back", () => {
  const args = { name: "right", ids: { a: "id" }, days: 1 };
  expect(check(args)).toEqual(args);
});

test("with AWS_CA_BUNDLE, with which the provider cannot work, every component is refused; Pulumi's mocks have no provider", () =>
  withEnvironment({ AWS_CA_BUNDLE: "/etc/own-ca.pem" }, async () => {
    const right = () => check({ name: "right" });
    expect(right).toThrow(pulumi.RunError);
    expect(right).toThrow("The environment variable AWS_CA_BUNDLE is set (/etc/own-ca.pem)");
    expect(right).toThrow("env -u AWS_CA_BUNDLE pulumi up");
    expect((await register(right)).result).toEqual({ name: "right" });
  }));

test("one error has all faults, each with its path and the value that is there", () => {
  const faulty = () => check({ ids: { a: "not an id" }, days: 0, dayz: 1 });
  expect(faulty).toThrow(ArgumentsError);
  expect(faulty).toThrow(
    [
      'Part "p": 4 invalid arguments. None of its resources was changed.',
      "  - name: is missing",
      '  - ids.a: must be the id of a folder: 1 to 50 letters a-z and A-Z, digits, -, _ and ., not "not an id"',
      "  - days: must be at least 1, not 0",
      "  - dayz: there is no such key. Did you mean days?",
    ].join("\n"),
  );
});

test("faults of single members do not hide those among the members that are right", () => {
  const rules = ({ name, days }: Args) => [{ path: "rule", reason: `saw ${name} and ${days}` }];
  expect(findFaults<Args>({ name: "right", days: 0 }, schema, rules)).toEqual([
    { path: "days", reason: "must be at least 1, not 0" },
    { path: "rule", reason: "saw right and undefined" },
  ]);
});

test("the error is printed as its message only, without what Pulumi adds to it", () => {
  const error = new ArgumentsError("Part", "p", [{ path: "name", reason: "is missing" }], "nothing changed");
  const { message } = error;
  error.message = `error serializing property "outputs": ${message}`;
  expect(error.message).toBe(message);
  expect(error.stack).toBe(message);
  expect(pulumi.RunError.isInstance(error)).toBe(true);
});

test("a value that comes late is checked when it is known, at any depth", async () => {
  const late = (value: string) => pulumi.output(Promise.resolve(value));
  const given = check({ name: late("right"), ids: { a: late("id"), b: Promise.resolve("not an id") } });
  const endings = await Promise.all([given.name, given.ids?.a, given.ids?.b].map(ending));
  expect(endings.slice(0, 2)).toEqual(["right", "id"]);
  expect(endings[2]).toMatch(
    /^Part "p": 1 invalid argument\. Nothing was created with it\.\n {2}- ids\.b: must be .*, not "not an id"$/,
  );
});

test("rules see an output once its value is known", async () => {
  const rules = ({ name }: Args) => (name === "taken" ? [{ path: "name", reason: "is taken" }] : []);
  const given = check({ name: pulumi.output("taken") }, rules);
  expect(await ending(given.name)).toContain("- name: is taken");
});

test("an output that is used in two places stays one output", () => {
  const late = pulumi.output("id");
  const { name, ids } = check({ name: late, ids: { a: late } });
  expect(ids?.a).toBe(name);
});

test("an output is reported by that name where values must be known", () => {
  expect(() => check({ name: "right", days: pulumi.output(1) })).toThrow(
    "  - days: must be a whole number of days, not an output or a promise",
  );
});
