import { type AuditEvent, auditEventMembers, type Members } from "../../../components/auditEvent";
import { fits } from "../../../operate/logs/fit";
import { columns } from "../../../operate/logs/record";
import { Stack } from "../verify/stack";
import { LogBucket } from "./logBucket";

/** Members by their paths, with their kinds. */
const membersOf = (members: Members, above = ""): string[] =>
  Object.entries(members).flatMap(([name, member]) =>
    "members" in member ? membersOf(member.members, `${above}${name}.`) : `${above}${name}: ${member.kind}`,
  );

/**
 * The vendor's schemas of three years, as one: https://yandex.cloud/en/docs/audit-trails/concepts/format. The port is in the events'
 * reference alone.
 */
const ofVendor = {
  text: [
    ...["event_id", "event_source", "event_type", "event_status"],
    ...[
      "subject_type",
      "subject_id",
      "subject_name",
      "federation_id",
      "federation_name",
      "federation_type",
    ].map((name) => `authentication.${name}`),
    ...[
      ...["masked_iam_token", "iam_token_id", "impersonator_id", "impersonator_type", "impersonator_name"],
      ...["impersonator_federation_id", "impersonator_federation_name", "impersonator_federation_type"],
    ].map((name) => `authentication.token_info.${name}`),
    ...["impersonator_id", "type", "name", "federation_id", "federation_name", "federation_type"].map(
      (name) => `authentication.impersonator_info.${name}`,
    ),
    ...["remote_address", "user_agent", "request_id", "remote_port"].map(
      (name) => `request_metadata.${name}`,
    ),
    "error.message",
  ],
  time: ["event_time"],
  flag: ["authentication.authenticated", "authorization.authorized"],
  path: ["resource_metadata.path"],
  integer: ["error.code"],
  object: ["details", "request_parameters", "response"],
  json: ["error.details"],
};

test("the description has the members of the vendor's schemas, and no others", () => {
  const expected = Object.entries(ofVendor).flatMap(([kind, names]) =>
    names.map((name) => `${name}: ${kind}`),
  );
  expect(membersOf(auditEventMembers).sort()).toEqual(expected.sort());
});

test("no two columns have one name, and none is named as a word that SQL keeps for itself", () => {
  const names = columns.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test("the vendor's samples fit", () => {
  const sample = {
    event_id: "<event_ID>",
    event_source: "lockbox",
    event_type: "yandex.cloud.audit.lockbox.GetPayload",
    event_time: "2024-05-06T07:08:09.123456Z",
    authentication: {
      authenticated: true,
      subject_type: "FEDERATED_USER_ACCOUNT",
      subject_id: "<user_ID>",
      federation_type: "PRIVATE_FEDERATION",
      impersonator_info: { impersonator_id: "<ID>", type: "SERVICE_ACCOUNT", name: "robot" },
    },
    authorization: { authorized: true },
    resource_metadata: {
      path: [
        { resource_type: "resource-manager.folder", resource_id: "<folder_ID>", resource_name: "<name>" },
      ],
    },
    request_metadata: { remote_address: "cloud.yandex", user_agent: "Yandex Cloud", request_id: "<ID>" },
    event_status: "DONE",
    details: { secret_version_payload_entry_keys: ["<key>"] },
    request_parameters: { secret_id: "<secret_ID>" },
    response: { entry_keys: ["<entry_keys>"] },
  } satisfies AuditEvent;
  expect(fits(sample)).toBe(true);
});

test("what the local cloud delivers fits, and is found whole", async () => {
  await using stack = await Stack.start({});
  stack.deliver();
  const key = stack.deliver();
  const { cloud } = stack;
  const records = stack.keys
    .filter((one) => one.startsWith(stack.trailId))
    .flatMap((one) => JSON.parse(cloud.objects.get(stack.account, "audit-logs", one).body.toString()));
  expect(records.length).toBeGreaterThan(5);
  expect(records.filter((record) => !fits(record))).toEqual([]);
  await using bucket = await LogBucket.start();
  for (const one of stack.keys.filter((name) => name.startsWith(stack.trailId)))
    bucket.put(
      "2026-03-03",
      one.split("/").at(-1) ?? "",
      cloud.objects.get(stack.account, "audit-logs", one).body,
    );
  const sql = `select count(*), count(rest), count(event_time), count(subject_id), count(folder_id), max(octet_length(details::blob)) > 0,
    count(*) filter (subject_id is null and authenticated) from events`;
  const { rows, coverage } = await bucket.ask(sql, "all");
  const [all, rest, times, subjects, folders, , lost] = rows[0] ?? [];
  expect([all, rest, times, lost]).toEqual([BigInt(records.length), 0n, BigInt(records.length), 0n]);
  expect([Number(subjects) > 0, Number(folders) > 0]).toEqual([true, true]);
  expect([coverage.isWhole, key]).toEqual([true, expect.any(String)]);
});
