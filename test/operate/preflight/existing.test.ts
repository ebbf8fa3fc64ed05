import { Api, bucketRequest, keyRequest, s3 } from "../../support/api";
import { byDeployer } from "../../support/localStack";
import { encryptedBucket, resultFor, start, testProblems } from "./setUp";

testProblems([
  {
    what: "the existing bucket is not there",
    ids: ({ cloud }) => ({ bucketFolderId: cloud.folderId }),
    lines: [/^ {2}problem +bucket audit-logs: It does not exist, or may not be read\. Correct the name/m],
  },
  {
    what: "the existing bucket is encrypted, and its key is not named",
    ids: async (emulator) => ({ ...(await encryptedBucket(emulator)), keyId: undefined }),
    lines: [
      /^ {2}problem +key of bucket audit-logs: It is encrypted with key (\S+), but .*\n +\$ pulumi config set --path encryption.key existing && pulumi config set --path encryption.keyId \1$/m,
    ],
  },
  {
    what: "the existing bucket is encrypted with another key than is named",
    ids: async (emulator) => {
      using api = new Api(emulator);
      return { ...(await encryptedBucket(emulator)), keyId: await api.createKey("other") };
    },
    lines: [/^ {2}problem +key of bucket audit-logs: It is encrypted with key /m],
  },
  {
    what: "the existing bucket is not encrypted, and a key is named",
    ids: async (emulator) => {
      using api = new Api(emulator);
      const { folderId } = emulator.cloud;
      await api.call("buckets", "create", bucketRequest(folderId, "audit-logs"));
      return { bucketFolderId: folderId, keyId: await api.createKey("key") };
    },
    lines: [/^ {2}problem +key of bucket audit-logs: It is not encrypted, although key /m],
  },
  {
    what: "the existing bucket is in another folder than is named",
    ids: async (emulator) => ({
      ...(await encryptedBucket(emulator)),
      bucketFolderId: "b1gnosuchfolder",
    }),
    lines: [
      /^ {2}problem +folder of bucket audit-logs: It is in folder (\S+), .*b1gnosuchfolder.*\n +\$ pulumi config set bucketFolderId \1$/m,
    ],
  },
  {
    what: "the policy of the existing bucket shuts the deployer out",
    ids: async (emulator) => {
      const made = await encryptedBucket(emulator);
      const Statement = [
        {
          Effect: "Allow",
          Principal: { CanonicalUser: "ajesomebody" },
          Action: "s3:*",
          Resource: "arn:aws:s3:::audit-logs",
        },
      ];
      const body = JSON.stringify({ Version: "2012-10-17", Statement });
      await s3(emulator, "PUT", "/audit-logs?policy=", { body });
      return made;
    },
    lines: [
      /^ {2}problem +policy of bucket audit-logs for the deployer: It denies requests/m,
      /^ {2}problem +policy of bucket audit-logs for uploads of the trail's new account: It does not allow s3:PutObject on audit-logs\/\* to /m,
    ],
  },
  {
    what: "the existing bucket is full",
    ids: async (emulator) => {
      const made = await encryptedBucket(emulator);
      emulator.cloud.buckets.update(byDeployer(emulator), "audit-logs", { maxSize: 2 ** 20 });
      const { deployer } = emulator.cloud;
      emulator.cloud.access.add(made.keyId, { roleId: "kms.keys.encrypter", subject: deployer });
      emulator.cloud.objects.put(deployer, "audit-logs", "key", Buffer.alloc(10), "text/plain");
      return made;
    },
    lines: [
      /^ {2}problem +room in bucket audit-logs: It is full: .* It holds 10 bytes of 1048576 bytes at most.*\n +\$ yc storage bucket update --name audit-logs --max-size 1073741834$/m,
    ],
  },
  {
    what: "there is no such key",
    ids: () => ({ keyId: "abjnosuchkey" }),
    lines: [/^ {2}problem +key abjnosuchkey: It does not exist, is deleted, or may not be read/m],
  },
  {
    what: "the key is not active",
    ids: async (emulator) => {
      using api = new Api(emulator);
      const keyId = await api.createKey("key");
      await api.call("keys", "update", {
        ...keyRequest("", "key"),
        keyId,
        status: 3,
        updateMask: { paths: ["status"] },
      });
      return { keyId };
    },
    lines: [
      /^ {2}problem +key (\S+): It is INACTIVE, not ACTIVE\.\n +\$ yc kms symmetric-key update --id \1 --status active$/m,
    ],
  },
  {
    what: "there is no such service account",
    ids: () => ({ serviceAccountId: "ajenosuchaccount" }),
    lines: [/^ {2}problem +service account ajenosuchaccount: It does not exist, or may not be read/m],
  },
]);

test("an existing bucket has room if it has no limit or holds less, and an unreadable one is unknown", async () => {
  await using emulator = await start();
  const ids = await encryptedBucket(emulator);
  expect((await resultFor(emulator, ids)).text).toMatch(
    /ok +room in bucket audit-logs: It has no size limit\./,
  );
  emulator.cloud.buckets.update(byDeployer(emulator), "audit-logs", { maxSize: 2 ** 31 });
  expect((await resultFor(emulator, ids)).text).toMatch(
    /ok +room in bucket audit-logs: It holds 0 bytes of 2\.0 GiB at most, counted up to 20 minutes ago\./,
  );
  emulator.cloud.faults.fail({ method: "BucketService/GetStats" }, "PERMISSION_DENIED", { times: 9 });
  expect((await resultFor(emulator, ids)).text).toMatch(
    /unknown +room in bucket audit-logs: The service answers PERMISSION_DENIED/,
  );
});
