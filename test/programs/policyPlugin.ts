import { main, type Provider } from "@pulumi/pulumi/provider";

// A plugin that the engine starts as it starts a provider. Its one resource stands for the policy of a bucket.

/** The calls of the newer provider's `yandex_storage_bucket_policy`: PUT and DELETE of the sub-resource `policy`. */
async function call(method: string, bucket: string, body?: string): Promise<void> {
  const { HTTP_PROXY, YC_TOKEN = "" } = process.env;
  const headers = { "X-YaCloud-SubjectToken": YC_TOKEN };
  const answer = await fetch(`${HTTP_PROXY}/${bucket}?policy=`, { method, body, headers });
  if (!answer.ok) throw new Error(await answer.text());
}

const put = async ({ bucket, policy }: { bucket: string; policy: string }) => {
  await call("PUT", bucket, policy);
  return { bucket, policy };
};

const provider: Provider = {
  version: "0.0.1",
  check: async (_urn, _olds, inputs) => ({ inputs }),
  diff: async (_id, _urn, olds, news) => ({
    changes: olds.bucket !== news.bucket || olds.policy !== news.policy,
    replaces: olds.bucket === news.bucket ? [] : ["bucket"],
  }),
  create: async (_urn, inputs) => ({ id: inputs.bucket, outs: await put(inputs) }),
  update: async (_id, _urn, _olds, news) => ({ outs: await put(news) }),
  read: async (id, _urn, props) => ({ id, props }),
  delete: (_id, _urn, { bucket }) => call("DELETE", bucket),
};

main(provider, process.argv.slice(2));
