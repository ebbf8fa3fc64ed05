import { breakingChanges, type PackageSchema } from "../../../tools/local/schemaChanges";

const older: PackageSchema = {
  resources: {
    "p:index:Bucket": {
      inputProperties: { name: { type: "string", description: "Its name." }, size: { type: "integer" } },
      requiredInputs: ["name"],
      properties: { url: { type: "string" } },
      required: ["url"],
    },
  },
  types: {
    "p:index:Mode": { enum: [{ value: "a" }, { value: "b" }] },
    "p:index:Lock": { properties: { days: { type: "integer" } } },
  },
};

const bucket = older.resources["p:index:Bucket"];
const withBucket = (changes: object): PackageSchema => ({
  ...older,
  resources: { "p:index:Bucket": { ...bucket, ...changes } },
});

test("additions and other descriptions break nothing", () => {
  const inputProperties = { ...bucket?.inputProperties, name: { type: "string" }, more: { type: "string" } };
  const newer = withBucket({ inputProperties });
  const resources = { ...newer.resources, "p:index:Key": {} };
  expect(breakingChanges(older, { ...newer, resources })).toEqual([]);
});

test("an input that may now come late breaks nothing, and one that no longer may breaks programs", () => {
  const plain = withBucket({ inputProperties: { size: { type: "integer", plain: true } } });
  const late = withBucket({ inputProperties: { size: { type: "integer" } } });
  expect(breakingChanges(plain, late)).toEqual([]);
  expect(breakingChanges(late, plain)).toHaveLength(1);
});

test.each<[string, PackageSchema]>([
  ["p:index:Bucket is gone", { ...older, resources: {} }],
  ["p:index:Lock is gone", { ...older, types: { "p:index:Mode": older.types?.["p:index:Mode"] ?? {} } }],
  ["size, input of p:index:Bucket, is gone", withBucket({ inputProperties: { name: { type: "string" } } })],
  [
    'size, input of p:index:Bucket, was {"type":"integer"} and is now {"type":"string"}',
    withBucket({ inputProperties: { ...bucket?.inputProperties, size: { type: "string" } } }),
  ],
  ["size, input of p:index:Bucket, has become required", withBucket({ requiredInputs: ["name", "size"] })],
  ["url, output of p:index:Bucket, is gone", withBucket({ properties: {} })],
  ["url, output of p:index:Bucket, may now be absent", withBucket({ required: [] })],
  [
    "value b of p:index:Mode is gone",
    { ...older, types: { ...older.types, "p:index:Mode": { enum: [{ value: "a" }] } } },
  ],
  [
    "days, property of p:index:Lock, has become required",
    {
      ...older,
      types: {
        ...older.types,
        "p:index:Lock": { properties: { days: { type: "integer" } }, required: ["days"] },
      },
    },
  ],
])("%s: this breaks programs", (change, newer) => {
  expect(breakingChanges(older, newer)).toContain(change);
});
