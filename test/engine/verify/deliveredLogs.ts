import { bucketName, byDeployer } from "../../support/localStack";
import { Copy, checkOf, hardened, linesOf, standard, testBreaks } from "./stacks";

testBreaks([
  {
    what: "nothing was delivered for a while before the newest object",
    breaks: (copy) => {
      copy.deliver();
      copy.pass({ hours: 3 });
      copy.happen();
      copy.deliver();
    },
    check: "record",
    reported: /There is a gap: no event between \S+Z and \S+Z \(3 h\)/,
  },
  {
    what: "an object is under another key",
    breaks: (copy) => {
      const keyId = copy.keyId;
      const other = copy.cloud.keys.create(byDeployer(copy.emulator), {
        folderId: copy.cloud.folderId,
        name: "other",
      });
      const { value } = other.metadata as unknown as { value: { keyId: string } };
      const rules = (id: string) => ({
        encryption: { rules: [{ kmsMasterKeyId: id, sseAlgorithm: "aws:kms" }] },
      });
      copy.cloud.access.add(value.keyId, {
        roleId: "kms.keys.encrypterDecrypter",
        subject: copy.account,
      });
      copy.set(rules(value.keyId));
      copy.deliver();
      copy.set(rules(keyId));
    },
    check: "record",
    reported: /\.json is encrypted with key \w+, not with the bucket's key/,
  },
  {
    what: "a log was overwritten",
    breaks: (copy) => copy.overwrite(copy.deliver()),
    check: "integrity",
    reported: /\.json was overwritten at \S+Z/,
  },
  {
    what: "a log was deleted",
    breaks: (copy) => copy.delete(copy.deliver()),
    check: "integrity",
    reported: /\.json was deleted at \S+Z/,
  },
  {
    what: "a log was overwritten, and the log names by whom",
    stack: () => hardened,
    breaks: (copy) => {
      copy.overwrite(copy.deliver());
      copy.deliver();
    },
    check: "integrity",
    reported: /\.json was overwritten at \S+Z by service account \S+ aje\w+ from cloud.yandex/,
  },
]);

describe("--since", () => {
  test("continues where the last run ended: each finding is reported once", async () => {
    await using copy = await Copy.of(standard);
    const key = copy.deliver();
    copy.overwrite(key);
    const first = await copy.verify();
    expect(checkOf(first, "integrity")?.result).toBe("bad");
    copy.happen();
    const next = copy.deliver();
    const second = await copy.verify({ memory: first.memory });
    expect(checkOf(second, "integrity")?.result).toBe("good");
    expect(checkOf(second, "record")?.text).toMatch(/^1 log object with 1 event since/);
    copy.delete(next);
    const third = checkOf(await copy.verify({ memory: second.memory }), "integrity");
    expect([third?.result, linesOf(third)]).toEqual(["bad", expect.stringContaining(`${next} was deleted`)]);
  });

  test("finds permanently deleted versions, of which the bucket has no trace", async () => {
    await using copy = await Copy.of(standard);
    const key = copy.deliver();
    const { memory } = await copy.verify();
    copy.delete(key, copy.cloud.objects.versionsOf(bucketName, key)[0]?.versionId);
    expect(checkOf(await copy.verify(), "integrity")?.result).toBe("good");
    const check = checkOf(await copy.verify({ memory }), "integrity");
    expect([check?.result, linesOf(check)]).toEqual([
      "bad",
      expect.stringMatching(
        /\.json \(version \w+\), written at \S+, was permanently deleted since the last run/,
      ),
    ]);
  });

  test("remembers an event that was not delivered yet: a late one is not reported as missing", async () => {
    await using copy = await Copy.of(standard);
    const { cloud, account } = copy;
    const role = { roleId: "storage.uploader", subject: account };
    cloud.access.remove(cloud.folderId, role);
    const none = await copy.verify({ quick: false });
    expect(checkOf(none, "delivery")?.result).toBe("bad");
    expect(checkOf(none, "delivery")?.text).toMatch(
      /was not delivered within 15 min\. No later event was delivered either\./,
    );
    const still = await copy.verify({ memory: none.memory });
    expect(checkOf(still, "awaited")?.text).toContain("has still not been delivered");
    cloud.access.add(cloud.folderId, role);
    copy.pass({ minutes: 5 });
    const late = await copy.verify({ memory: still.memory });
    expect(checkOf(late, "awaited")?.text).toMatch(/came late: 20 min after it happened, as evt\w+ in cnp/);
    expect(late.memory[copy.trail.id]?.awaited).toBeUndefined();
  });
});
