import { readFileSync, writeFileSync } from "node:fs";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { type Field, MapField, Type } from "protobufjs";
import { startEmulator } from "../../emulator";
import { Cloud } from "../../emulator/backend/cloud";
import { decode, encode, serviceOf, typeOf, unservedFields } from "../../emulator/grpc/messages";
import { servicesOf } from "../../emulator/grpc/server";
import { Api, bucketRequest, services, setUpTrail } from "../support/api";

const camel = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const readme = "emulator/README.md";
const [begin, end] = ["<!-- unserved: begin -->", "<!-- unserved: end -->"];

/** Parts of the vendor's newest messages that the local cloud does not serve, as the README lists them. */
function unserved(): string {
  const release = /from (yandexcloud \S+)\.$/m.exec(
    readFileSync("emulator/grpc/protos/yandex.cloud.iam.v1.proto", "utf8"),
  )?.[1];
  const methods = servicesOf(new Cloud(), () => "").flatMap(({ name, methods }) => {
    const missing = serviceOf(name).methodsArray.map((method) => method.name);
    const lacking = missing.filter((method) => !(camel(method) in methods));
    return lacking.length > 0 ? [`| \`${name}\` | ${lacking.join(", ")} |`] : [];
  });
  const fields = Object.entries(unservedFields).map(
    ([name, names]) => `| \`${name}\` | ${names.join(", ")} |`,
  );
  return [
    begin,
    `Of the messages of ${release}:`,
    "",
    "| service or message | methods that answer UNIMPLEMENTED, fields with which a request does |",
    "|---|---|",
    ...[...methods, ...fields].sort(),
    end,
  ].join("\n");
}

/** Rewritten by `RENEW=1 npx jest test/emulator/unserved`. */
test("the README lists what the newest messages have and the local cloud lacks", () => {
  const text = readFileSync(readme, "utf8");
  const section = text.slice(text.indexOf(begin), text.indexOf(end) + end.length);
  if (process.env.RENEW)
    writeFileSync(
      readme,
      text.replace(section, () => unserved()),
    );
  else expect(section).toBe(unserved());
});

test("every field that is listed as not served is one of the newest messages", () => {
  for (const [name, fields] of Object.entries(unservedFields))
    expect([name, Object.keys(typeOf(name).fields).map(snake)]).toEqual([
      name,
      expect.arrayContaining([...fields]),
    ]);
});

/** Newer than the Node SDK, and served. */
const servedAnyway = [
  "yandex.cloud.iam.v1.CreateServiceAccountRequest.expires_at",
  "yandex.cloud.iam.v1.UpdateServiceAccountRequest.expires_at",
  "yandex.cloud.storage.v1.CreateBucketRequest.lifecycle_rules",
  "yandex.cloud.storage.v1.LifecycleRule.NoncurrentExpiration.newer_noncurrent_versions",
  "yandex.cloud.storage.v1.LifecycleRule.NoncurrentTransition.newer_noncurrent_versions",
];

/**
 * Fields somewhere in a message that get lost on the way.
 *
 * @param isKept Whether a message of the outermost type, with one field set, arrives as it was.
 */
function lost(type: Type, isKept: (message: object) => boolean, above: readonly Type[] = []): string[] {
  return type.fieldsArray.flatMap((field) => {
    const { resolvedType, name, repeated } = field;
    const isMap = field instanceof MapField;
    const wrap = (value: unknown) => ({ [name]: isMap ? { key: value } : repeated ? [value] : value });
    const isOwn = resolvedType instanceof Type && !isMap && !resolvedType.fullName.startsWith(".google.");
    if (!isKept(wrap(isOwn ? {} : exampleOf(field)))) return [`${type.fullName.slice(1)}.${snake(name)}`];
    if (!isOwn || above.includes(resolvedType)) return [];
    return lost(resolvedType, (message) => isKept(wrap(message)), [...above, type]);
  });
}

function exampleOf({ type, resolvedType }: Field): unknown {
  const examples: Readonly<Record<string, unknown>> = {
    string: "text",
    bool: true,
    bytes: "AAAA",
    "google.protobuf.Timestamp": "2030-01-01T00:00:00.000Z",
    "google.protobuf.Duration": { seconds: 1 },
    "google.protobuf.FieldMask": { paths: ["name"] },
    "google.protobuf.Struct": { a: "b" },
    "google.protobuf.BoolValue": true,
    "google.protobuf.StringValue": "text",
  };
  // Numbers, and values of enumerations.
  return examples[resolvedType ? resolvedType.fullName.slice(1) : type] ?? 1;
}

test("every field of a request that is newer than the Node SDK is refused, or known to be served", () => {
  const sdk = new Map(
    Object.values<ServiceDefinition>(services).flatMap((definition) =>
      Object.values(definition).map((method) => [method.path, method] as const),
    ),
  );
  const newer = new Set<string>();
  for (const { name } of servicesOf(new Cloud(), () => ""))
    for (const { name: method, resolvedRequestType: type } of serviceOf(name).methodsArray) {
      const known = sdk.get(`/${name}/${method}`);
      if (!known || !type) continue;
      const isKept = (message: object) => {
        const sent = encode(type, message);
        const kept = known.requestSerialize(known.requestDeserialize(sent));
        return JSON.stringify(decode(type, kept)) === JSON.stringify(decode(type, sent));
      };
      for (const field of lost(type, isKept)) newer.add(field);
    }
  const refused = Object.entries(unservedFields).flatMap(([type, names]) =>
    names.map((one) => `${type}.${one}`),
  );
  const unknown = [...newer].filter((field) => !refused.includes(field) && !servedAnyway.includes(field));
  expect(unknown).toEqual([]);
  expect(servedAnyway.filter((field) => !newer.has(field))).toEqual([]);
});

const trails = "yandex.cloud.audittrails.v1.TrailService";
const buckets = "yandex.cloud.storage.v1.BucketService";
const rules = [{ conditions: [{ field: "$.event_type", operator: "IN", values: ["a"] }] }];

test.each([
  ["a method that is newer", "yandex.cloud.iam.v1.ServiceAccountService.Suspend", {}],
  ["access policies", "yandex.cloud.resourcemanager.v1.FolderService.BindAccessPolicy", {}],
  ["access policies in lists", "yandex.cloud.resourcemanager.v1.CloudService.ListAccessPolicyBindings", {}],
  ["inventories", `${buckets}.CreateInventoryConfiguration`, {}],
  [
    "rules on fields",
    `${trails}.Update`,
    { filteringPolicy: { managementEventsFilter: { includeRules: rules } } },
  ],
  [
    "rules on data events",
    `${trails}.Update`,
    { filteringPolicy: { dataEventsFilters: [{ excludeRules: rules }] } },
  ],
  ["another destination", `${trails}.Update`, { destination: { monium: {} } }],
  [
    "another period",
    `${trails}.Update`,
    { destination: { objectStorage: { bucketId: "audit-logs", aggregationPeriod: { seconds: 60 } } } },
  ],
  ["a path into a field", `${trails}.Update`, { updateMask: { paths: ["destination.object_storage"] } }],
  ["a field that there is not", `${trails}.Update`, { updateMask: { paths: ["colour"] } }],
  [
    "delete markers",
    `${buckets}.Update`,
    {
      name: "audit-logs",
      lifecycleRules: [{ enabled: true, noncurrentDeleteMarkers: { noncurrentDays: 1 } }],
    },
  ],
])("%s: %s answers UNIMPLEMENTED, and changes nothing", async (_, method, request) => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { trailId } = await setUpTrail(emulator, api);
  const before = JSON.stringify(emulator.cloud.store.export());
  await expect(api.callNewest(method, { trailId, ...request })).rejects.toMatchObject({ code: 12 });
  expect(JSON.stringify(emulator.cloud.store.export())).toBe(before);
});

test("an unknown field answers UNIMPLEMENTED, unless it is empty", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { path, requestSerialize } = services.buckets.create;
  const request = requestSerialize(bucketRequest(emulator.cloud.folderId, "bucket") as never);
  const status = (more: number[]) => api.statusOf(path, Buffer.concat([request, Buffer.from(more)]));
  // Field 100: a number, and a text.
  expect(await status([0xa0, 0x06, 0x01])).toBe("UNIMPLEMENTED");
  expect(await status([0xa2, 0x06, 0x01, 0x61])).toBe("UNIMPLEMENTED");
  expect(emulator.cloud.buckets.all()).toEqual([]);
  expect(await status([0xa0, 0x06, 0x00])).toBe("OK");
});

test("without a token the answer is that, and does not show what is served", async () => {
  await using emulator = await startEmulator();
  using nobody = new Api(emulator, "");
  const request = { trailId: "t", destination: { monium: {} } };
  await expect(nobody.callNewest(`${trails}.Update`, request)).rejects.toMatchObject({ code: 16 });
});
