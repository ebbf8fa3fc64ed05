import fc from "fast-check";
import { type BucketPolicy, policyAllows } from "../../emulator/backend/storage/bucketPolicy";
import type { CloudView } from "../../operate/preflight/cloudView";
import { uploadCheck } from "../../operate/preflight/uploads";

const accountId = "ajetrail";
/** An account of somebody else, and an id of which nothing is known. */
const [other, unknown] = ["ajeother", "ajeunknown"];

/** Returns the report on a policy. Only the trail's account and the other one can be read. */
function reported(
  policy: object | undefined,
  upload: { accountId?: string; prefix?: string } = { accountId },
) {
  const view = {
    bucket: async () => ({ policy }),
    account: async (id: string) => ([accountId, other].includes(id) ? { id } : undefined),
    deployer: { type: "userAccount", id: "ajedeployer" },
  } as unknown as CloudView;
  return uploadCheck("it may upload", "logs", { prefix: "", ...upload }, view);
}

const allow = (more: object = {}) => ({
  Effect: "Allow",
  Principal: { CanonicalUser: [accountId] },
  Action: "s3:PutObject",
  Resource: "arn:aws:s3:::logs/*",
  ...more,
});
const policyOf = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const byTls = (value: string) => ({ Condition: { Bool: { "aws:SecureTransport": value } } });
const byAddress = { Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } };
const denyAll = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::logs/*" };

test.each<[string, string, object | undefined, { accountId?: string; prefix?: string }?]>([
  ["no policy", "ok", undefined],
  ["a statement for the account", "ok", policyOf(allow())],
  ["a statement for everybody", "ok", policyOf(allow({ Principal: "*" }))],
  ["a statement for everybody, for a new account", "ok", policyOf(allow({ Principal: "*" })), {}],
  ["a denial without TLS", "ok", policyOf(allow(), { ...denyAll, ...byTls("false") })],
  ["a single statement", "ok", { Statement: allow() }],
  [
    "a prefix that the trail writes under",
    "ok",
    policyOf(allow({ Resource: "arn:aws:s3:::logs/audit/*" })),
    { accountId, prefix: "audit" },
  ],
  [
    "other accounts alone",
    "problem",
    policyOf(allow({ Principal: { CanonicalUser: [other, "ajedeployer"] } })),
  ],
  ["ids alone, for a new account", "problem", policyOf(allow({ Principal: { CanonicalUser: unknown } })), {}],
  ["reading alone", "problem", policyOf(allow({ Action: ["s3:GetObject"] }))],
  ["the bucket itself alone", "problem", policyOf(allow({ Resource: "arn:aws:s3:::logs" }))],
  [
    "another prefix",
    "problem",
    policyOf(allow({ Resource: "arn:aws:s3:::logs/web/*" })),
    { accountId, prefix: "audit" },
  ],
  ["a denial", "problem", policyOf(allow(), denyAll)],
  ["an id that may be a group's", "unknown", policyOf(allow({ Principal: { CanonicalUser: unknown } }))],
  [
    "a denial to an id that may be a group's",
    "unknown",
    policyOf(allow(), { ...denyAll, Principal: { CanonicalUser: unknown } }),
  ],
  ["a condition", "unknown", policyOf(allow(byAddress))],
  ["a denial on a condition", "unknown", policyOf(allow(), { ...denyAll, ...byAddress })],
  [
    "a prefix that the trail's id may have",
    "unknown",
    policyOf(allow({ Resource: "arn:aws:s3:::logs/cnp*" })),
  ],
  ["a statement with more in it", "unknown", policyOf(allow({ Until: "2030" }))],
  ["an effect that is not known", "unknown", policyOf(allow(), { ...denyAll, Effect: "Audit" })],
  ["no principal", "unknown", policyOf(allow({ Principal: undefined }))],
])("a policy with %s: %s", async (...[_, answer, policy, upload]) => {
  expect((await reported(policy, upload)).answer).toBe(answer);
});

test("the report on uploads never contradicts the local cloud, for any policy", async () => {
  const some = <T>(...values: T[]) => fc.constantFrom(...values);
  const pairs = (name: string, values: fc.Arbitrary<unknown>) =>
    fc.tuple(some(name, name, `Not${name}`), values).map(([key, value]) => ({ [key]: value }));
  const statement = fc
    .tuple(
      some({ Effect: "Allow" }, { Effect: "Allow" }, { Effect: "Deny" }),
      pairs(
        "Principal",
        some<unknown>(
          "*",
          { CanonicalUser: accountId },
          { CanonicalUser: [other, accountId] },
          { CanonicalUser: other },
        ),
      ),
      pairs(
        "Action",
        some<unknown>("*", "s3:*", "s3:Put*", "s3:PutObject", "s3:GetObject", [
          "s3:GetObject",
          "s3:PutObject",
        ]),
      ),
      pairs(
        "Resource",
        some(
          "*",
          "arn:aws:s3:::logs/*",
          "arn:aws:s3:::logs",
          "arn:aws:s3:::logs/audit/*",
          "arn:aws:s3:::*/audit/*",
        ),
      ),
      some<object>({}, {}, byTls("false"), byTls("true"), byAddress),
    )
    .map((parts) => Object.assign({}, ...parts));
  const answers = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(statement, { minLength: 1, maxLength: 3 }),
      some("", "audit"),
      async (Statement, prefix) => {
        const { answer } = await reported({ Statement }, { accountId, prefix });
        const isAllowed = policyAllows({ Statement } as BucketPolicy, {
          subject: { type: "serviceAccount", id: accountId },
          action: "s3:PutObject",
          resource: `logs/${prefix && `${prefix}/`}cnptrail/2026/01/01/log.json`,
          context: { "aws:securetransport": "true", "aws:sourceip": "192.0.2.1" },
        });
        answers.add(answer);
        if (answer !== "unknown") expect(answer).toBe(isAllowed ? "ok" : "problem");
      },
    ),
    { numRuns: 1000 },
  );
  expect([...answers].sort()).toEqual(["ok", "problem", "unknown"]);
});
