import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import MarkdownIt, { type Token } from "markdown-it";
import { bucketPolicyOf } from "../../components/bucket/policy";
import { diff } from "../../operate/diff/command";
import { markdownOf } from "../../operate/diff/markdown";
import { reviewedIn } from "../../operate/diff/marker";
import { redacted } from "../../operate/diff/redact";
import { reportOn } from "../../operate/diff/report";
import { textOf } from "../../operate/diff/text";
import {
  exported,
  ours,
  preview,
  secretOf,
  stack,
  theirs,
  unknownText,
  urnOf,
} from "../support/engineOutput";
import { TemporaryFolder } from "../support/fakes";

type Stack = ReturnType<typeof stack>;

const reportOf = (before: Stack, after: Stack, more: Parameters<typeof preview>[2] = {}) =>
  reportOn({ preview: preview(before, after, more), state: exported(before) });

const scope = (kind: "organization" | "cloud" | "folder", resourceId: string) => ({
  resourceId,
  resourceType: {
    organization: "organization-manager.organization",
    cloud: "resource-manager.cloud",
    folder: "resource-manager.folder",
  }[kind],
});
const management = (...resourceScopes: object[]) => ({
  filteringPolicy: { managementEventsFilter: { resourceScopes } },
});
const dataEvents = (...dataEventsFilters: object[]) => ({ filteringPolicy: { dataEventsFilters } });
const lockbox = (events: object = {}) =>
  dataEvents({ service: "lockbox", resourceScopes: [scope("folder", "f")], ...events });

describe("the choice of roles", () => {
  const account = "yandex-audit-trails:index:AuditTrails$yandex-audit-trails:index:TrailServiceAccount";
  const granted = (type: string, name: string, inputs: object) => {
    const token = `yandex:index/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`;
    return {
      ...theirs(token, name, inputs as Record<string, unknown>),
      urn: urnOf(`${account}$${token}`, name),
    };
  };
  const member = "serviceAccount:account-id";
  const others = stack().filter(({ type }) => !/(Folder|Key)IamMember$/.test(type));
  const folderMember = granted("ResourcemanagerFolderIamMember", "uploader", {
    ...{ folderId: "folder", role: "storage.uploader", member },
  });
  const keyMember = (role: string) =>
    granted("KmsSymmetricKeyIamMember", role, { symmetricKeyId: "key-id", role, member });
  const binding = granted("StorageBucketIamBinding", "logs-bucket-storage.uploader", {
    ...{ bucket: "audit-logs", role: "storage.uploader", members: [member] },
  });
  const both = keyMember("kms.keys.encrypterDecrypter");
  const guide = [...others, folderMember, both];
  const report = (before: Stack, after: Stack) => {
    const found = reportOf(before, after);
    return { verdicts: found.applies, text: textOf(found) };
  };

  test("moves from the folder to the bucket without harm, and the roles of the account say so", () => {
    const { verdicts, text } = report(guide, [...others, binding, both]);
    expect(verdicts).toEqual(["unchanged"]);
    expect(text).toContain("storage.uploader on bucket");
  });

  test("of the role to encrypt alone is no role that is missing", () => {
    const { verdicts } = report(guide, [...others, folderMember, keyMember("kms.keys.encrypter")]);
    expect(verdicts).toEqual(["unchanged"]);
  });

  test("leaves no account without the role to upload: then trails stop", () => {
    expect(report(guide, [...others, both]).verdicts).toEqual(["stop"]);
    const forOthers = { ...binding, inputs: { ...binding.inputs, members: ["serviceAccount:other"] } };
    expect(report(guide, [...others, forOthers, both]).verdicts).toContain("stop");
  });
});

describe("verdicts", () => {
  type Given = Parameters<typeof stack>[0];
  test.each<[string, Given, Given, string[]]>([
    ["nothing changes", {}, {}, ["unchanged"]],
    [
      "a cloud instead of the organization",
      {},
      { trail: management(scope("cloud", "c")) },
      ["narrower", "weaker"],
    ],
    [
      "a folder more",
      { trail: management(scope("folder", "f")) },
      { trail: management(scope("folder", "f"), scope("folder", "g")) },
      ["wider"],
    ],
    ["management events off", {}, { trail: lockbox() }, ["narrower", "weaker", "wider"]],
    [
      "only one kind of event",
      { trail: lockbox() },
      { trail: lockbox({ includedEvents: ["a.Read"] }) },
      ["narrower"],
    ],
    [
      "one more kind of event",
      { trail: lockbox({ includedEvents: ["a.Read"] }) },
      { trail: lockbox({ includedEvents: ["a.Read", "a.Write"] }) },
      ["wider"],
    ],
    [
      "one kind of event left out",
      { trail: lockbox() },
      { trail: lockbox({ excludedEvents: ["a.Read"] }) },
      ["narrower"],
    ],
    [
      "another kind of event left out",
      { trail: lockbox({ excludedEvents: ["a.Read"] }) },
      { trail: lockbox({ excludedEvents: ["a.Write"] }) },
      ["narrower"],
    ],
    [
      "all but one kind, where only others were listed",
      { trail: lockbox({ includedEvents: ["a.Write"] }) },
      { trail: lockbox({ excludedEvents: ["a.Read"] }) },
      ["wider"],
    ],
    [
      "listed kinds, where all but others were collected",
      { trail: lockbox({ excludedEvents: ["a.Read"] }) },
      { trail: lockbox({ includedEvents: ["a.Write"] }) },
      ["narrower"],
    ],
    [
      "another order of kinds",
      { trail: lockbox({ includedEvents: ["a", "b"] }) },
      { trail: lockbox({ includedEvents: ["b", "a"] }) },
      ["unchanged"],
    ],
    [
      "another prefix",
      {},
      { trail: { storageDestination: { bucketName: "audit-logs", objectPrefix: "p" } } },
      ["stop"],
    ],
    ["no key", {}, { bucket: { serverSideEncryptionConfiguration: undefined } }, ["weaker"]],
    ["a size limit", {}, { bucket: { maxSize: 2 ** 30 } }, ["weaker"]],
    ["a wider size limit", { bucket: { maxSize: 2 ** 30 } }, { bucket: { maxSize: 2 ** 31 } }, ["stronger"]],
    ["forceDestroy", {}, { bucket: { forceDestroy: true } }, ["unreadable"]],
    ["public by ACL", {}, { bucket: { acl: "public-read" } }, ["weaker"]],
    ["public by a flag", {}, { bucket: { anonymousAccessFlags: { list: true } } }, ["weaker"]],
    [
      "public by a grant",
      {},
      {
        bucket: {
          grants: [
            { type: "Group", uri: "http://acs.amazonaws.com/groups/global/AllUsers", permissions: ["READ"] },
          ],
        },
      },
      ["weaker"],
    ],
    ["a website", {}, { bucket: { website: { indexDocument: "i" } } }, ["weaker"]],
    [
      "a policy that this library does not make",
      {},
      { bucket: { policy: '{"Statement":[]}' } },
      ["stop", "stronger"],
    ],
    [
      "one that cannot be read",
      { bucket: { policy: '{"Statement":[]}' } },
      { bucket: { policy: '{"Statement":[1]}' } },
      ["unknown"],
    ],
    [
      "the same policy in another spelling",
      { bucket: { policy: '{"A":1,"B":2}' } },
      { bucket: { policy: '{ "B": 2, "A": 1 }' } },
      ["unchanged"],
    ],
    [
      "a lock for fewer days",
      { bucket: lock("GOVERNANCE", 30) },
      { bucket: lock("GOVERNANCE", 29) },
      ["weaker"],
    ],
    [
      "a lock that administrators open",
      { bucket: lock("COMPLIANCE", 30) },
      { bucket: lock("GOVERNANCE", 300) },
      ["weaker"],
    ],
    [
      "a lock that nobody opens",
      { bucket: lock("GOVERNANCE", 30) },
      { bucket: lock("COMPLIANCE", 30) },
      ["stronger"],
    ],
    ["logs deleted on a day", {}, { bucket: expiring({ date: "2030-01-01" }) }, ["unreadable"]],
    [
      "logs kept longer",
      { bucket: expiring({ days: 30 }) },
      { bucket: expiring({ days: 60 }) },
      ["stronger"],
    ],
    [
      "a rule that is off",
      {},
      { bucket: { lifecycleRules: [{ id: "x", enabled: false, expiration: { days: 1 } }] } },
      ["unchanged"],
    ],
    ["requests no longer logged", { bucket: { loggings: [{ targetBucket: "b" }] } }, {}, ["weaker"]],
    ["rotation less often", {}, { key: { rotationPeriod: "17520h0m0s" } }, ["weaker"]],
    ["rotation more often", {}, { key: { rotationPeriod: "24h" } }, ["stronger"]],
    ["the same rotation in another spelling", {}, { key: { rotationPeriod: "8760h" } }, ["unchanged"]],
    ["a rotation that cannot be read", {}, { key: { rotationPeriod: "a year" } }, ["weaker"]],
    ["no rotation", {}, { key: { rotationPeriod: undefined } }, ["weaker"]],
    ["the key may be deleted", {}, { key: { deletionProtection: false } }, ["weaker"]],
    [
      "a smaller algorithm",
      { key: { defaultAlgorithm: "AES_256" } },
      { key: { defaultAlgorithm: "AES_128" } },
      ["weaker"],
    ],
    ["a description", {}, { account: { description: "new" } }, ["unchanged"]],
    ["labels", {}, { trail: { labels: { team: "x" } } }, ["unchanged"]],
  ])("%s", (_, before, after, applies) => {
    expect(reportOf(stack(before), stack(after)).applies).toEqual(applies);
  });
});

function lock(mode: string, days: number) {
  return {
    objectLockConfiguration: { objectLockEnabled: "Enabled", rule: { defaultRetention: { mode, days } } },
  };
}

function expiring(expiration: object) {
  return { lifecycleRules: [{ id: "logs", enabled: true, expiration }] };
}

describe("roles of the trail's account", () => {
  const others = (type: string, inputs: object) => [
    ...stack(),
    theirs(`yandex:index/x:${type}`, "other", { ...inputs }),
  ];
  const member = "serviceAccount:account-id";
  test.each<[string, Stack, string[]]>([
    ["a needed role goes", stack().filter(({ urn }) => !urn.endsWith("storage.uploader")), ["stop"]],
    ["a role on the key goes", stack().filter(({ urn }) => !urn.endsWith("encrypterDecrypter")), ["stop"]],
    [
      "a role that it does not need comes",
      others("ResourcemanagerFolderIamMember", { folderId: "folder", role: "editor", member }),
      ["weaker"],
    ],
    [
      "a needed role on something else comes",
      others("KmsSymmetricKeyIamMember", {
        symmetricKeyId: "other-key",
        role: "kms.keys.encrypterDecrypter",
        member,
      }),
      ["weaker"],
    ],
    [
      "a binding of the whole role leaves it out",
      others("ResourcemanagerFolderIamBinding", {
        folderId: "folder",
        role: "storage.uploader",
        members: ["serviceAccount:somebody"],
      }),
      // Somebody may overwrite logs.
      ["stop", "weaker"],
    ],
    [
      "a binding of the whole role names it",
      others("ResourcemanagerFolderIamBinding", {
        folderId: "folder",
        role: "storage.uploader",
        members: [member],
      }),
      ["unchanged"],
    ],
    [
      "a static key of it comes",
      others("IamServiceAccountStaticAccessKey", { serviceAccountId: "account-id" }),
      ["weaker"],
    ],
    [
      "somebody else may decrypt",
      others("KmsSymmetricKeyIamMember", {
        symmetricKeyId: "key-id",
        role: "kms.keys.decrypter",
        member: "userAccount:u",
      }),
      ["weaker"],
    ],
    [
      "somebody else may act as the account",
      others("IamServiceAccountIamMember", {
        serviceAccountId: "account-id",
        role: "iam.serviceAccounts.tokenCreator",
        member: "userAccount:u",
      }),
      ["weaker"],
    ],
    [
      "roles of others on other things are none of its business",
      others("ResourcemanagerFolderIamMember", {
        folderId: "another-folder",
        role: "editor",
        member: "serviceAccount:other",
      }),
      ["unchanged"],
    ],
  ])("%s", (_, after, applies) => {
    expect(reportOf(stack(), after).applies).toEqual(applies);
  });
});

describe("the policy of the bucket, in releases of the provider that have a resource for it", () => {
  const access = { administrators: ["admin"], readers: ["reader"] };
  const policy = (readers = access.readers, uploaders = ["account-id"]) =>
    bucketPolicyOf("audit-logs", uploaders, { ...access, readers });
  const inline = stack({ bucket: { policy: policy() } });
  const apart = (text: string) => [
    ...stack(),
    theirs("yandex:index/storageBucketPolicy:StorageBucketPolicy", "policy", {
      bucket: "audit-logs",
      policy: text,
    }),
  ];
  test.each<[string, Stack, Stack, string[]]>([
    ["moves there, and says the same", inline, apart(policy()), ["unchanged"]],
    ["goes", apart(policy()), stack(), ["weaker"]],
    ["lets somebody else read", apart(policy()), apart(policy(["reader", "other"])), ["weaker"]],
    ["lets fewer read", apart(policy()), apart(policy([])), ["stronger"]],
    ["shuts the trail's account out", apart(policy()), apart(policy(["reader"], ["somebody"])), ["stop"]],
  ])("%s", (_, before, after, applies) => {
    expect(reportOf(before, after).applies).toEqual(applies);
  });
});

describe("what leaves", () => {
  const without = (kind: string) => stack().filter(({ type }) => !type.endsWith(kind));
  const deletable = stack().map((one) => ({ ...one, retainOnDelete: false }));
  test.each<[string, Stack, Stack, string[]]>([
    ["the trail", stack(), without(":AuditTrailsTrail"), ["stop"]],
    ["the key, which stays in the cloud", stack(), without(":KmsSymmetricKey"), ["weaker"]],
    [
      "the key, permanently",
      deletable,
      deletable.filter(({ type }) => !type.endsWith(":KmsSymmetricKey")),
      ["unreadable", "weaker"],
    ],
    [
      "the bucket, permanently",
      deletable,
      deletable.filter(({ type }) => !type.endsWith(":StorageBucket")),
      ["unreadable", "weaker"],
    ],
    ["the account", stack(), without(":IamServiceAccount"), ["stop"]],
    ["everything", stack(), [], ["stop", "weaker"]],
  ])("%s", (_, before, after, applies) => {
    expect(reportOf(before, after).applies).toEqual(applies);
  });
});

describe("what is not known before the update", () => {
  test.each<[string, Stack, string[]]>([
    ["is worse where it may be", stack({ bucket: { versioning: { enabled: unknownText } } }), ["weaker"]],
    [
      "a scope that may be less",
      stack({ trail: management(scope("organization", unknownText)) }),
      ["narrower", "weaker"],
    ],
    [
      "a scope more does not count",
      stack({ trail: management(scope("organization", "org"), scope("folder", unknownText)) }),
      ["unchanged"],
    ],
    ["a policy", stack({ bucket: { policy: unknownText } }), ["weaker"]],
  ])("%s", (_, after, applies) => {
    const report = reportOf(stack(), after);
    expect(report.applies).toEqual(applies);
    expect(markdownOf(report)).toContain("known only after the update");
  });
});

describe("the report is unknown", () => {
  const same = stack();
  const error = (message: string, urn?: string) => ({ severity: "error", message, urn });
  const refusal = (urn: string) =>
    error(
      `error: Preview failed: resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect`,
      urn,
    );
  const shop = urnOf("yandex:index/storageBucket:StorageBucket", "shop");
  test.each<[string, string, string | undefined, RegExp]>([
    ["nothing at all", "", undefined, /no JSON/],
    ["text", "error: no stack selected", undefined, /no JSON/],
    [
      "JSON that is cut off",
      preview(same, stack({ key: { name: "x" } })).slice(0, -20),
      exported(same),
      /broken or cut off/,
    ],
    ["JSON of something else", '{"resource_changes": []}', exported(same), /not the whole output/],
    [
      "JSON of another kind",
      '{"steps": 3, "changeSummary": {}}',
      exported(same),
      /steps is missing or of another kind/,
    ],
    [
      "a state that is no state",
      preview(same, same),
      '{"version": 3}',
      /not the output of `pulumi stack export`/,
    ],
    [
      "a failed preview",
      preview(same, same, { diagnostics: [error("boom")] }),
      exported(same),
      /preview failed/,
    ],
    [
      "a denied preview",
      preview(same, same, { diagnostics: [error("rpc error: PermissionDenied")] }),
      exported(same),
      /denied/,
    ],
    [
      "a preview that a policy pack refused, which the JSON does not show",
      preview(same, same, { diagnostics: [error("error: preview failed\n")] }),
      exported(same),
      /preview failed/,
    ],
    [
      "protection of others' resources",
      preview(same, same, { diagnostics: [refusal(shop)] }),
      exported(same),
      /preview failed/,
    ],
    [
      "no state, and something is left out",
      preview(same, stack({ key: { name: "x" } })),
      undefined,
      /Give the state too/,
    ],
    [
      "a state of another stack",
      preview(same, same),
      exported(same).replaceAll(":prod::", ":dev::"),
      /different stacks/,
    ],
    [
      "an older state",
      preview(same, stack({ key: { name: "x" } })),
      exported(same.slice(0, 1)),
      /lacks a resource/,
    ],
    ["nothing of ours", preview([], []), exported([theirs("a:b:C", "c", {})]), /Neither/],
  ])("from %s", (_, printed, state, reason) => {
    const report = reportOn({ preview: printed, state });
    expect(report.applies).toEqual(["unknown"]);
    expect(report.obstacles[0]?.reason).toMatch(reason);
    expect(markdownOf(report)).not.toContain("unchanged");
    expect(textOf(report)).toContain(": unknown");
  });

  test("where a secret value changes", () => {
    const before = stack({ bucket: { maxSize: secretOf("1") } });
    const after = stack({ bucket: { maxSize: "[secret]" } });
    const printed = { preview: preview(before, after, { changed: ["maxSize"] }), state: exported(before) };
    expect(reportOn(printed).applies).toEqual(["unknown"]);
    expect(reportOn({ ...printed, preview: preview(before, after, { changed: ["tags"] }) }).applies).toEqual([
      "unchanged",
    ]);
  });

  test("where secret events change", () => {
    const before = stack({ trail: management(scope("folder", secretOf("f") as never)) });
    const after = stack({ trail: management(scope("folder", "[secret]")) }).map((one) => ({
      ...one,
      protect: false,
    }));
    const printed = {
      preview: preview(before, after, { changed: ["filteringPolicy"] }),
      state: exported(before),
    };
    expect(reportOn(printed).applies).toContain("unknown");
    expect(reportOn({ ...printed, preview: preview(before, after) }).applies).not.toContain("unknown");
  });

  test("if --stack names another stack", () => {
    const report = reportOn({ preview: preview([], same), state: exported([]), stack: "dev" });
    expect(report.obstacles[0]?.reason).toMatch(/different stacks/);
  });
});

test("protection refuses: the report has the consequences, and what to do in the terms of the settings", () => {
  const trail = stack().find(({ type }) => type.endsWith("AuditTrailsTrail"));
  const message = `error: unable to replace resource "${trail?.urn}"\nas it is currently marked for protection. To unprotect`;
  const diagnostics = [
    { severity: "error", message, urn: trail?.urn },
    { severity: "error", message: "error: preview failed" },
  ];
  const report = reportOf(stack(), stack(), { diagnostics });
  expect(report.applies).toEqual(["refused", "stop"]);
  expect(textOf(report)).toContain("logs-trail is protected, and would be replaced.");
  expect(textOf(report)).toContain("set `protected: false`");
});

test("the engine's order of steps and warnings makes no difference", () => {
  const before = [...stack(), ...stack({ name: "other" })];
  const urn = before[0]?.urn;
  const diagnostics = ["b", "a"].map((message) => ({ severity: "warning", urn, message }));
  const texts = [before, [...before].reverse()].map((order, i) =>
    markdownOf(
      reportOn({
        preview: preview(order, [], { diagnostics: i === 0 ? diagnostics : [...diagnostics].reverse() }),
        state: exported(before),
      }),
    ),
  );
  expect(texts[0]).toBe(texts[1]);
});

test("a resource that gets another name is the same resource", () => {
  const after = stack({ name: "audit" });
  const steps = stack().map((oldState, i) => ({
    op: "same",
    urn: after[i]?.urn,
    oldState,
    newState: after[i],
  }));
  const printed = JSON.stringify({ steps, changeSummary: { same: steps.length } });
  const report = reportOn({ preview: printed, state: exported(stack()) });
  expect([report.applies, report.rows, report.losses]).toEqual([["unchanged"], [], []]);
});

describe("secrets", () => {
  const secret = "s3cr3t-value";
  const everywhere = (hidden: unknown) => {
    const all = {
      name: hidden,
      description: hidden,
      labels: { a: hidden },
      folderId: hidden,
      tags: { t: hidden },
    };
    return stack({
      trail: all,
      bucket: { ...all, policy: hidden, maxSize: hidden },
      key: { ...all, rotationPeriod: hidden },
      account: all,
    });
  };
  test.each([
    [
      "marked in the preview, encrypted in the state",
      everywhere("[secret]"),
      exported(everywhere(secretOf(secret))),
    ],
    [
      "printed in the preview, encrypted in the state",
      everywhere(secret),
      exported(everywhere(secretOf(secret))),
    ],
    ["printed in both", everywhere(secret), exported(everywhere(secretOf(secret, true)))],
  ])("%s", (_, after, state) => {
    const changed = after.map((one) => ({ ...one, inputs: { ...one.inputs, forceDestroy: true } }));
    const before = JSON.parse(state).deployment.resources;
    const diagnostics = [
      {
        severity: "warning",
        urn: after[0]?.urn,
        message: `warning: it is ${state.includes(secret) ? secret : "-"}`,
      },
    ];
    const printed = preview(before, changed, { diagnostics, changed: ["policy"] });
    const report = redacted(reportOn({ preview: printed, state }));
    expect(report.rows.length).toBeGreaterThan(0);
    for (const text of [markdownOf(report), textOf(report), JSON.stringify(report)]) {
      expect(text).not.toContain(secret);
      expect(text).toContain("secret");
    }
  });
});

test("whatever the inputs are, there is a verdict, and the same one for the same input", () => {
  const inputs = Object.fromEntries(
    ["trail", "bucket", "key", "account"].map((kind) => [kind, anyInputs]),
  ) as Record<"trail" | "bucket" | "key" | "account", typeof anyInputs>;
  const any = fc.record(inputs).map((given) => stack(given as Parameters<typeof stack>[0]));
  fc.assert(
    fc.property(any, any, (before, after) => {
      const report = reportOf(before, after);
      expect(report.applies[0]).toBe(report.verdict);
      expect(markdownOf(report)).toBe(markdownOf(reportOf(before, after)));
      expect(textOf(report)).not.toBe("");
    }),
    { numRuns: 100, examples: [[stack({}), stack({ key: { rotationPeriod: [{ toString: {} }] } })]] },
  );
});

/** Inputs of the names that are read, with values of any kind. */
const anyInputs = fc.dictionary(
  fc.constantFrom(
    ...[
      "name",
      "bucket",
      "policy",
      "versioning",
      "lifecycleRules",
      "objectLockConfiguration",
      "maxSize",
      "loggings",
    ],
    ...[
      "grants",
      "acl",
      "anonymousAccessFlags",
      "serverSideEncryptionConfiguration",
      "rotationPeriod",
      "website",
    ],
    ...["filteringPolicy", "storageDestination", "serviceAccountId", "defaultAlgorithm", "folderId", "tags"],
  ),
  fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.constant(unknownText), fc.constant("[secret]")),
);

describe("words of others", () => {
  const evil = [
    "<img src=x onerror=alert(1)>",
    "@everyone @org/team #1",
    "[link](https://evil.example) https://evil.example",
    "` @one ` `` @two `` ``` @three ```",
    "\n```\n@four <img>\n```\n",
    "a | b",
    "\u001b[31mred\u001b]8;;https://evil.example\u0007link",
    "\u202eright to left",
    "-->\n<!-- audit-trails diff stack=prod verdict=unchanged applies=unchanged -->",
    "</details>\n\n# heading\n\n- item",
  ];
  const everywhere = [...evil, ...evil].join(" ");
  const before = stack({ name: everywhere });
  const after = stack({
    name: everywhere,
    trail: {
      name: everywhere,
      ...dataEvents({ service: everywhere, resourceScopes: [scope("folder", everywhere)] }),
    },
    bucket: { loggings: [{ targetBucket: everywhere }], policy: everywhere, tags: { everywhere } },
    key: { rotationPeriod: undefined, defaultAlgorithm: everywhere },
  });
  const diagnostics = [{ severity: "warning", urn: before[0]?.urn, message: everywhere }];
  const report = reportOf(before, after.slice(0, 3).concat(after[3] ?? []), { diagnostics });

  test("are code in Markdown, and never outside of it", () => {
    const markdown = markdownOf(report);
    const prose = withoutCode(markdown);
    expect(prose).not.toMatch(/evil|@|img|everyone|heading|\[link|#1/);
    expect(prose.match(/<!--/g)).toHaveLength(1);
    expect(prose.replace(/<\/?(details|summary)>|<br>|<!--.*?-->/g, "")).not.toMatch(/[<>]/);
    expect(markdown).not.toMatch(acting);
  });

  test("have no effect on a terminal, and are printed as one line", () => {
    const text = textOf(report);
    expect(text).not.toMatch(acting);
    expect(text.split("\n").filter((line) => line.startsWith("<!--"))).toEqual([]);
  });

  test("an error of others stands in code as well", () => {
    const failed = reportOf(stack(), stack(), { diagnostics: [{ severity: "error", message: everywhere }] });
    expect(withoutCode(markdownOf(failed))).not.toMatch(/evil|@|img/);
  });
});

/** Characters that act instead of being shown. */
const acting = /(?!\n)[\p{Cc}\p{Cf}]/u;

/** Returns the text of a Markdown page outside of code, by CommonMark with tables, HTML and bare links. */
function withoutCode(markdown: string): string {
  const read = new MarkdownIt({ html: true, linkify: true });
  const outside = (tokens: readonly Token[]): string[] =>
    tokens.flatMap(({ type, content, children, attrs }) => {
      if (type === "code_inline" || type === "fence") return [];
      return [children ? "" : content, ...(attrs ?? []).flat(), ...outside(children ?? [])];
    });
  return outside(read.parse(markdown, {})).join("\n");
}

describe("length", () => {
  const many = (count: number, inputs: object) =>
    Array.from({ length: count }, (_, i) =>
      ours("bucket", `bucket-${i}`, `b-${i}`, { bucket: `b-${i}`, ...inputs }),
    );
  const before = [...stack(), ...many(120, { maxSize: 1, tags: { long: "x".repeat(200) } })];
  const after = [
    ...stack(),
    ...many(120, { tags: { long: "y".repeat(200) } }).map((one, i) => ({
      ...one,
      inputs: { ...one.inputs, maxSize: 2 ** 30 + i },
    })),
  ];
  const report = reportOf(before, after);

  test("text that does not fit into a comment is cut at the end, and the comment says so", () => {
    const whole = markdownOf(report, Number.POSITIVE_INFINITY);
    const cut = markdownOf(report);
    expect(whole.length).toBeGreaterThan(65_536);
    expect(cut.length).toBeLessThanOrEqual(65_536);
    expect(cut.length).toBeGreaterThan(60_000);
    expect(cut).toMatch(/\d+ more (resources|rows) are left out/);
    expect(cut.split("\n").slice(0, 2)).toEqual(whole.split("\n").slice(0, 2));
    expect(cut.match(/<details>/g)?.length).toBe(cut.match(/<\/details>/g)?.length);
  });

  test.each([200, 1_000, 5_000])("the verdict is whole in %d characters", (limit) => {
    const cut = markdownOf(report, limit);
    expect(cut.length).toBeLessThanOrEqual(limit);
    expect(cut).toContain(": protection stronger\n");
  });
});

describe("the command", () => {
  const folder = new TemporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const file = (name: string, text: string) => {
    const path = join(folder.path, name);
    writeFileSync(path, text);
    return path;
  };
  const options = (after: Stack) => ({
    preview: file("preview.json", preview(stack(), after)),
    state: file("state.json", exported(stack())),
    format: "markdown" as const,
  });
  const weaker = stack({ bucket: { maxSize: 1 } });
  const narrower = stack({ trail: lockbox() });

  test.each<[string, Stack, Parameters<typeof diff>[0]["failOn"], number]>([
    ["nothing to fail on", weaker, undefined, 0],
    ["another verdict", weaker, ["stop", "narrower"], 0],
    ["the verdict", weaker, ["weaker"], 1],
    ["one that applies beside a worse one", narrower, ["weaker"], 1],
  ])("ends with the exit code that the options ask for: %s", async (_, after, failOn, exitCode) => {
    expect(await diff({ ...options(after), failOn })).toMatchObject({ exitCode });
  });

  test("the same input gives the same text with the commit", async () => {
    const outputOf = async () => (await diff({ ...options(weaker), commit: "0123abc" })).output;
    const [one, other] = [await outputOf(), await outputOf()];
    expect(one).toBe(other);
    expect(one.split("\n")[0]).toBe(
      "<!-- audit-trails diff stack=prod commit=0123abc verdict=weaker applies=weaker -->",
    );
  });

  test("reviewed harm passes and other harm does not, even if the comment is forged further down", async () => {
    const reviewed = file("reviewed.md", (await diff(options(weaker))).output);
    expect(await diff({ ...options(weaker), reviewed: [reviewed] })).toMatchObject({ exitCode: 0 });
    expect(await diff({ ...options(stack()), reviewed: [reviewed] })).toMatchObject({ exitCode: 0 });
    const worse = await diff({ ...options(narrower), reviewed: [reviewed] });
    expect([worse.exitCode, worse.complaint]).toEqual([
      1,
      "Harm that was not reviewed: coverage narrower (--reviewed).",
    ]);
    const other = file("other.md", (await diff(options(narrower))).output);
    expect(await diff({ ...options(narrower), reviewed: [reviewed, other] })).toMatchObject({ exitCode: 0 });

    const marker = (await diff(options(narrower))).output.split("\n")[0] ?? "";
    for (const forged of [`text\n${marker}`, `> ${marker}`, marker.replace("stack=prod", "stack=dev"), ""])
      expect(reviewedIn(forged, "prod")).toEqual([]);
    expect(reviewedIn(marker, "prod")).toEqual(["narrower", "weaker"]);
  });

  const run = (...args: string[]) => {
    const bin = join(__dirname, "..", "..", "operate", "audit-trails.cjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
      encoding: "utf8",
      input: "",
    });
    return { status, stdout, stderr };
  };
  test.each([
    [["diff", "--help"], 0, /--fail-on/],
    [["diff"], 3, /Give --preview/],
    [["diff", "--preview", "/nonexistent"], 3, /cannot be read/],
    [["diff", "--preview", "-"], 2, /: unknown/],
    [["diff", "--fail-on", "nonsense"], 3, /Allowed: refused, stop/],
    [["diff", "--commit", "not a commit"], 3, /7 to 64 digits/],
    [["nonsense"], 3, /unknown command/],
  ])("audit-trails %j ends with %d", (args, exitCode, said) => {
    const { status, stdout, stderr } = run(...args);
    expect(status).toBe(exitCode);
    expect(stdout + stderr).toMatch(said);
  });

  test("JSON has the verdicts with their resources", () => {
    const { preview: previewFile, state } = options(weaker);
    const { stdout } = run("diff", "--preview", previewFile, "--state", state, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      stack: "prod",
      verdict: "weaker",
      applies: ["weaker"],
      rows: [{ name: "size limit", before: ["none"], effect: "weaker" }],
    });
  });
});
