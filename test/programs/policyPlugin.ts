import { main, type Provider } from "@pulumi/pulumi/provider";
import { openCloud } from "../../api/connection";
import { connectionFrom } from "../../api/providerSettings";

// A plugin that the engine starts as it starts a provider. It has two resources: the policy of a bucket, and a role on it.

/** Actions of a resource in the cloud, with its inputs. */
interface Actions {
  readonly put: (inputs: Inputs) => Promise<unknown>;
  readonly remove: (inputs: Inputs) => Promise<unknown>;
}

// biome-ignore lint/suspicious/noExplicitAny: inputs of any resource
type Inputs = Readonly<Record<string, any>>;

/** The calls of the newer provider's `yandex_storage_bucket_policy`: PUT and DELETE of the sub-resource `policy`. */
async function callPolicy(method: string, bucket: string, body?: string): Promise<void> {
  const { HTTP_PROXY, YC_TOKEN = "" } = process.env;
  const headers = { "X-YaCloud-SubjectToken": YC_TOKEN };
  const answer = await fetch(`${HTTP_PROXY}/${bucket}?policy=`, { method, body, headers });
  if (!answer.ok) throw new Error(await answer.text());
}

/**
 * The calls of the newer provider's `yandex_storage_bucket_iam_binding`: all roles on the bucket are read, and written back with
 * other members of its role.
 */
async function setMembers(bucket: string, role: string, members: readonly string[]): Promise<void> {
  const { BucketServiceService: service } = await import(
    "@yandex-cloud/nodejs-sdk/storage-v1/bucket_service"
  );
  const cloud = await openCloud(connectionFrom({}));
  const { accessBindings } = await cloud.call("storage-api", service.listAccessBindings, {
    ...{ resourceId: bucket, pageSize: 1000, pageToken: "" },
  });
  const own = members.map((member) => {
    const [type = "", id = ""] = member.split(":");
    return { roleId: role, subject: { type, id } };
  });
  await cloud.call("storage-api", service.setAccessBindings, {
    resourceId: bucket,
    accessBindings: [...accessBindings.filter(({ roleId }) => roleId !== role), ...own],
  });
}

const resources: Readonly<Record<string, Actions>> = {
  StorageBucketPolicy: {
    put: ({ bucket, policy }) => callPolicy("PUT", bucket, policy),
    remove: ({ bucket }) => callPolicy("DELETE", bucket),
  },
  StorageBucketIamBinding: {
    put: ({ bucket, role, members }) => setMembers(bucket, role, members),
    remove: ({ bucket, role }) => setMembers(bucket, role, []),
  },
};

const actionsOf = (urn: string): Actions => resources[/:(\w+)::[^:]*$/.exec(urn)?.[1] ?? ""] as Actions;

const provider: Provider = {
  version: "0.0.1",
  check: async (_urn, _olds, inputs) => ({ inputs }),
  diff: async (_id, _urn, olds, news) => ({
    changes: Object.keys(news).some((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name])),
    replaces: olds.bucket === news.bucket ? [] : ["bucket"],
  }),
  create: async (urn, inputs) => {
    await actionsOf(urn).put(inputs);
    return { id: inputs.bucket, outs: inputs };
  },
  update: async (_id, urn, _olds, news) => {
    await actionsOf(urn).put(news);
    return { outs: news };
  },
  read: async (id, _urn, props) => ({ id, props }),
  delete: async (_id, urn, props) => {
    await actionsOf(urn).remove(props);
  },
};

main(provider, process.argv.slice(2));
