import { policyMove } from "../../../components/engine/movedPolicy";

const urn =
  "urn:pulumi:dev::project::yandex-audit-trails:index:AuditTrails$yandex-audit-trails:index:LogBucket::logs";
const child = (type: string, name: string) => `${urn.replace("::logs", "")}$yandex:index/${type}::${name}`;
const bucket = child("storageBucket:StorageBucket", "logs");
const resource = child("storageBucketPolicy:StorageBucketPolicy", "logs-policy");
const state = (policy: string, ...others: readonly string[]) =>
  Object.fromEntries(
    [bucket, ...others].map((key) => [key, { type: "", outputs: { bucket: "acme-logs", policy } }]),
  );

test("a policy that the state has as a property of the bucket moves into a resource, or stays where nothing manages it", () => {
  expect(policyMove(state("{}"), urn, "logs", true)).toMatchObject({
    severity: "info",
    text: expect.stringContaining(
      'The policy of bucket acme-logs becomes a separate resource, "logs-policy"',
    ),
  });
  expect(policyMove(state("{}"), urn, "logs", false)).toMatchObject({
    severity: "warn",
    text: expect.stringContaining("Bucket acme-logs keeps the policy that it had"),
  });
});

test.each<[string, object]>([
  ["without a policy", state("")],
  ["whose policy is a resource already", state("{}", resource)],
  ["that is new", {}],
  ["of another component", { [bucket.replace("::logs", "::others")]: state("{}")[bucket] }],
])("there is no message about a bucket %s", (_, given) => {
  for (const isManaged of [true, false])
    expect(policyMove(given as ReturnType<typeof state>, urn, "logs", isManaged)).toBeUndefined();
});
