import { bucketPolicyOf } from "../../components/bucket/policy";
import { letsUpload, viewOf } from "../../operate/stack/bucketPolicy";

const whole = ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"];
const allow = (more: object) => ({
  Effect: "Allow",
  Principal: "*",
  Action: "s3:*",
  Resource: whole,
  ...more,
});
const deny = (more: object) => ({ ...allow(more), Effect: "Deny" });
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const insecure = { Bool: { "aws:SecureTransport": "false" } };
const fromNetwork = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };

describe("uploads by the trail's account", () => {
  test.each<[string, string, string]>([
    ["everybody may do everything", policy(allow({})), "yes"],
    ["nothing is allowed", policy(), "no"],
    ["it is listed", policy(allow({ Principal: { CanonicalUser: ["me", "other"] } })), "yes"],
    ["another is listed", policy(allow({ Principal: { CanonicalUser: "other" } })), "no"],
    [
      "a denial wins",
      policy(allow({}), deny({ Action: ["s3:Put*"], Principal: { CanonicalUser: "me" } })),
      "no",
    ],
    [
      "others are denied",
      policy(allow({}), { ...deny({ NotPrincipal: { CanonicalUser: ["me"] } }), Principal: undefined }),
      "yes",
    ],
    ["another action is allowed", policy(allow({ Action: "s3:GetObject" })), "no"],
    [
      "all but uploading is allowed",
      policy({ ...allow({ NotAction: "s3:PutObject" }), Action: undefined }),
      "no",
    ],
    ["the bucket is allowed, its objects are not", policy(allow({ Resource: "arn:aws:s3:::logs" })), "no"],
    ["another prefix is allowed", policy(allow({ Resource: "arn:aws:s3:::logs/other/*" })), "no"],
    [
      "part of the prefix is denied",
      policy(allow({}), deny({ Resource: "arn:aws:s3:::logs/audit/x/*" })),
      "unknown",
    ],
    ["requests without TLS are denied", policy(allow({}), deny({ Condition: insecure })), "yes"],
    ["a network is denied", policy(allow({}), deny({ Condition: fromNetwork })), "unknown"],
    ["only a network is allowed", policy(allow({ Condition: fromNetwork })), "unknown"],
    ["a statement has something new", policy(allow({ Unless: {} })), "unknown"],
    ["it is no policy", "{}", "unknown"],
    ["it is no JSON", "allow all", "unknown"],
    ["it is this library's own", bucketPolicyOf("logs", ["me"], { administrators: ["admin"] }), "yes"],
    [
      "it is this library's own for others",
      bucketPolicyOf("logs", ["you"], { administrators: ["admin"] }),
      "no",
    ],
  ])("%s", (_, text, answer) => {
    expect(letsUpload(text, "logs", "me", "audit")).toBe(answer);
  });
});

test("accounts that a policy allows, and actions that it denies to all", () => {
  const own = bucketPolicyOf("logs", ["me"], { administrators: ["admin"], readers: ["reader"] });
  expect(viewOf(own, "logs")).toEqual({
    everybody: { read: "no", write: "no", delete: "no", administer: "no" },
    named: { read: ["admin", "reader"], write: ["admin", "me"], delete: [], administer: ["admin"] },
    ...{ deniesDelete: "yes", deniesPlain: "yes" },
  });
  expect(viewOf(policy(allow({ Action: "s3:Get*" })), "logs")).toMatchObject({
    everybody: { read: "yes", write: "no", delete: "no", administer: "no" },
    ...{ deniesDelete: "yes", deniesPlain: "no" },
  });
  expect(viewOf("nonsense", "logs")).toBeUndefined();
});
