import { bucketName } from "../support/localStack";
import { createPreviewAccount, hardened, previewBy, settled } from "../support/previewAccount";
import { standing } from "../support/standingStacks";

test("the account for previews previews the default and a hardened stack, changes nothing and reads no log", async () => {
  await using local = await standing("default");
  const { cloud, storageProxy } = local.emulator;
  const { accountId, environment, token } = await createPreviewAccount(local.emulator);
  expect(await previewBy(local, environment)).toEqual(settled);

  const config = hardened(local.emulator, accountId);
  await local.up(config);
  expect(await previewBy(local, environment, config)).toEqual(settled);

  cloud.clock.advance({ minutes: 5 });
  const key = cloud.objects.list(cloud.deployer, bucketName)[0]?.key;
  expect(key).toBeDefined();
  const log = await fetch(`${storageProxy}/${bucketName}/${key}`, {
    headers: { "x-yacloud-subjecttoken": token() },
  });
  expect(log.status).toBe(403);

  const held = () => structuredClone([cloud.trails.all(), cloud.keys.all(), cloud.buckets.all()]);
  const before = held();
  const { output, failed } = await local.failingUp(
    { ...config, labels: { team: "security" } },
    { environment },
  );
  expect(new Set(failed)).toEqual(new Set(["KmsSymmetricKey", "StorageBucket"]));
  expect(output).toContain("The deploying account lacks a role.");
  expect(held()).toEqual(before);
});
