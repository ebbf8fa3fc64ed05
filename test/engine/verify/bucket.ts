import { bucketName, byDeployer } from "../../support/localStack";
import { Copy, checkOf, hardened, linesOf, standard, testBreaks } from "./stacks";

testBreaks([
  {
    what: "the key is off",
    breaks: (copy) =>
      copy.cloud.keys.update(byDeployer(copy.emulator), { keyId: copy.keyId, status: "INACTIVE" }, [
        "status",
      ]),
    check: "key",
    reported: /is INACTIVE, not ACTIVE/,
  },
  {
    what: "the bucket is not encrypted any more",
    breaks: (copy) => copy.set({ encryption: { rules: [] } }),
    check: "key",
    reported: /is not encrypted, but should be encrypted with key \w+\./,
  },
  {
    what: "the bucket's ACL lets everybody in",
    breaks: (copy) =>
      copy.set({
        acl: {
          grants: [{ grantType: "GRANT_TYPE_ALL_USERS", permission: "PERMISSION_READ", granteeId: "" }],
        },
      }),
    check: "bucket",
    reported: /It is public: its ACL gives \w+ to all/,
  },
  {
    what: "the bucket is public",
    breaks: (copy) => copy.set({ anonymousAccessFlags: { read: true, list: false, configRead: false } }),
    check: "bucket",
    reported: /It is public: everybody may read\./,
  },
  {
    what: "versioning is suspended",
    breaks: (copy) => copy.set({ versioning: "VERSIONING_SUSPENDED" }),
    check: "bucket",
    reported: /versioning: off, not on/,
  },
  {
    what: "logs are deleted after a day",
    breaks: (copy) => copy.set({ lifecycleRules: [{ enabled: true, expiration: { days: 1 } }] }),
    check: "bucket",
    reported: /logs are deleted after: 1 days, not never/,
  },
  {
    what: "the lock is shorter",
    stack: () => hardened,
    breaks: (copy) => copy.set({ objectLock: { status: "OBJECT_LOCK_STATUS_DISABLED" } }),
    check: "bucket",
    reported: /object lock: none, not GOVERNANCE, 1 days/,
  },
  {
    what: "the policy lets others in",
    stack: () => hardened,
    breaks: (copy) =>
      copy.set({
        policy: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" }],
        },
      }),
    check: "bucket",
    reported: /It is public: its policy gives access to everybody, by statement[\s\S]*policy: another one/,
  },
  {
    what: "the bucket is gone",
    breaks: (copy) => copy.cloud.removeWithContents(bucketName),
    check: "bucket",
    reported: /The bucket audit-logs does not exist/,
  },
]);

describe("the bucket's lifecycle", () => {
  test("has no findings with the standard preset after a year", async () => {
    await using copy = await Copy.of(standard);
    copy.deliver();
    copy.pass({ hours: 24 * 400 });
    expect(checkOf(await copy.verify(), "integrity")?.result).toBe("good");
  });

  test("expires logs after a year and their old versions after another: no finding", async () => {
    await using copy = await Copy.of(hardened);
    const key = copy.deliver();
    copy.pass({ hours: 24 * 366 });
    const versions = () => copy.cloud.objects.versionsOf(bucketName, key);
    expect(versions().map(({ isDeleteMarker }) => isDeleteMarker)).toEqual([true, false]);
    const state = await copy.verify();
    expect(checkOf(state, "integrity")?.result).toBe("good");
    // The marker is a version without contents by then, and its rule removes it a day later.
    copy.set({ lifecycleRules: copy.cloud.buckets.require(bucketName).lifecycleRules?.slice(0, 1) });
    copy.pass({ hours: 24 * 366 });
    expect(versions().map(({ isDeleteMarker }) => isDeleteMarker)).toEqual([true]);
    const { memory, ...later } = await copy.verify({ memory: state.memory });
    expect(checkOf(later as never, "integrity")?.result).toBe("good");
    expect(Object.keys(memory)).toHaveLength(1);
  });

  test("is not blamed for a deletion by somebody that the log records, even if a rule explains it", async () => {
    await using copy = await Copy.of(hardened);
    const key = copy.deliver();
    // So that the lifecycle is not first.
    const rules = copy.cloud.buckets.require(bucketName).lifecycleRules ?? [];
    copy.set({ lifecycleRules: [] });
    copy.pass({ hours: 24 * 366 });
    copy.set({ lifecycleRules: rules });
    copy.delete(key);
    copy.deliver();
    const check = checkOf(await copy.verify(), "integrity");
    expect([check?.result, check?.details]).toEqual([
      "bad",
      [expect.stringMatching(`^${key} was deleted at \\S+ by yandex passport user account`)],
    ]);
  });

  test("may have had another rule when a marker without an explaining rule was made: unknown", async () => {
    await using copy = await Copy.of(standard);
    const key = copy.deliver();
    copy.pass({ hours: 24 * 40 });
    copy.delete(key);
    const early = checkOf(await copy.verify(), "integrity");
    copy.pass({ hours: 24 * 10 });
    const check = checkOf(await copy.verify(), "integrity");
    // In the first case the log of the last day shows that the rules are the same.
    expect([early?.result, check?.result]).toEqual(["bad", "unknown"]);
    expect(linesOf(check)).toContain("perhaps by the bucket's lifecycle");
  });

  test("may have deleted logs by a rule with tags: unknown", async () => {
    await using copy = await Copy.of(standard);
    const key = copy.deliver();
    copy.set({
      lifecycleRules: [
        { enabled: true, filter: { tag: { key: "a", value: "b" } }, expiration: { days: 30 } },
      ],
    });
    copy.pass({ hours: 24 * 40 });
    copy.delete(key);
    expect(checkOf(await copy.verify(), "integrity")?.result).toBe("unknown");
  });
});
