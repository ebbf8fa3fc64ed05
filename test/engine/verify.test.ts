import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Check } from "../../operate/verify/check";
import { ensureToolchain } from "../../tools/toolchain";
import { environmentOf, runCommand } from "../support/commands";
import { makeFolder } from "../support/folder";
import { bucketName } from "../support/localStack";
import { standing } from "../support/standingStacks";
import { Copy, checkOf, hardened, made, standard } from "./verify/stacks";
import "./verify/bucket";
import "./verify/changes";
import "./verify/delivery";
import "./verify/deliveredLogs";
import "./verify/roles";
import "./verify/status";

test.each([
  ["standard", () => standard],
  ["hardened", () => hardened],
])("a whole run on a sound stack, %s: nothing is wrong, and the event was found", async (_name, stack) => {
  await using copy = await Copy.of(stack());
  const found = await copy.verify({ quick: false });
  expect(found.text).toMatch(
    /ok {3}delivery {3}Event evt\w+, caused at \S+, was delivered [1-5] min later in cnp/,
  );
  expect(found.text).toContain(`encrypted with key ${copy.keyId}.`);
  expect(found.progress[0]).toContain("Waiting for an event in a log object of trail");
  expect(found.text).toMatch(/Nothing is wrong.\n$/);
  expect(found.result).toBe("info");
});

test("several trails are reported one by one, also if they share bucket and account", async () => {
  const several = await made(({ cloud }) => ({
    retention: { preset: "guide" },
    trails: {
      organization: {},
      folder: { folders: [cloud.folderId] },
      separate: {
        bucketName: "other-logs",
        serviceAccountName: "separate",
        encryption: { key: "none" },
      },
    },
  }));
  await using copy = await Copy.of(several);
  copy.happen();
  copy.deliver();
  const sound = await copy.verify({ quick: false });
  expect(sound.trails.map(({ name, result }) => [name, result])).toEqual([
    ["audit-trails-folder", "info"],
    ["audit-trails-organization", "info"],
    ["audit-trails-separate", "info"],
  ]);
  expect(sound.text).toContain("The bucket other-logs is not encrypted, as configured.");
  expect(sound.text).toContain(
    "It is unknown whether log objects were overwritten or deleted: the bucket keeps no versions",
  );
  copy.cloud.removeWithContents("other-logs");
  const broken = await copy.verify();
  expect(broken.trails.map(({ result }) => result)).toEqual(["info", "info", "bad"]);
});

test("a call that fails once is repeated, and if it still fails no result is good", async () => {
  await using copy = await Copy.of(standard);
  copy.cloud.faults.fail({ method: "TrailService/Get" }, "UNAVAILABLE", { times: 2 });
  expect(checkOf(await copy.verify(), "status")?.result).toBe("good");
  copy.cloud.faults.fail({ method: "BucketService/Get" }, "PERMISSION_DENIED", { times: 99 });
  const found = await copy.verify();
  expect(found.result).toBe("unknown");
  expect(checkOf(found, "bucket")?.text).toContain("PERMISSION_DENIED");
});

test("text of others has no effect on a terminal", async () => {
  await using copy = await Copy.of(standard);
  const { stranger } = copy;
  const subject = { ...stranger.subject, id: "\u001b[2J\u202e\nok   status" };
  copy.cloud.access.add(copy.cloud.folderId, { roleId: "admin", subject });
  copy.cloud.buckets.update({ ...stranger, subject }, bucketName, { versioning: "VERSIONING_SUSPENDED" });
  copy.deliver();
  const { text } = await copy.verify();
  expect(text).toContain("\ufffd[2J\ufffd ok   status");
  for (const acting of ["\u001b", "\u202e", "\nok"]) expect(text).not.toContain(acting);
});

test("as a command it finds pulumi on the PATH, uses the stack's provider, and ends with its exit codes", async () => {
  await using local = await standing("default");
  const { cloud } = local.emulator;
  cloud.access.add(cloud.organizationId, { roleId: "resource-manager.auditor", subject: cloud.deployer });
  const { pulumi } = await ensureToolchain(() => {});
  const stack = await local.open({}, { environment: { PATH: `${dirname(pulumi)}:${process.env.PATH}` } });
  using folder = makeFolder();

  const touches = () => cloud.traffic.counts.get("yandex.cloud.iam.v1.ServiceAccountService/Update") ?? 0;
  const watching = setInterval(() => {
    if (touches() === 0) return;
    clearInterval(watching);
    cloud.clock.advance({ minutes: 5 });
  }, 5);
  const since = join(folder.path, "since.json");
  const options = ["--stack", "dev", "--since", since, "--deployer", cloud.deployer.id];
  const whole = await stack.follow(
    `npm exec --no -- audit-trails verify ${options.join(" ")}; echo "code $?"`,
  );
  clearInterval(watching);
  expect(whole).toMatch(/ok {3}delivery {3}Event evt/);
  expect(whole).toContain("Nothing is wrong.\ncode 0\n");

  cloud.access.add(cloud.folderId, {
    roleId: "storage.admin",
    subject: { type: "serviceAccount", id: cloud.trails.all()[0]?.serviceAccountId ?? "" },
  });
  const args = ["verify", "--quick", "--json", ...options];
  const quick = await runCommand(args, await environmentOf(local));
  const { result, trails } = JSON.parse(quick.text);
  expect([result, trails[0].checks.map(({ name }: Check) => name)]).toEqual([
    "bad",
    ["status", "settings", "roles", "account", "key", "bucket", "newest", "record", "integrity", "changes"],
  ]);
  expect(quick.exitCode).toBe(1);
  expect(`${whole}${quick.text}${quick.aside}${readFileSync(since, "utf8")}`).not.toMatch(/t1\.\w+/);
});
