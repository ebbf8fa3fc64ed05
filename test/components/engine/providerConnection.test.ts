import * as pulumi from "@pulumi/pulumi";
import { connectionOf } from "../../../components/engine/providerConnection";
import { register } from "../../support/mocks";

const variables = {
  YC_ENDPOINT: "api.example.com:443",
  YC_STORAGE_ENDPOINT_URL: "storage.example.com",
  YC_TOKEN: "t1.a.b",
  YC_SERVICE_ACCOUNT_KEY_FILE: "key.json",
  YC_METADATA_ADDR: "127.0.0.1:80",
};
const fromEnvironment = {
  endpoint: "api.example.com:443",
  storageEndpoint: "storage.example.com",
  token: "t1.a.b",
  serviceAccountKeyFile: "key.json",
  metadataAddress: "127.0.0.1:80",
};

class Component extends pulumi.ComponentResource {
  constructor(opts?: pulumi.ComponentResourceOptions) {
    super("test:index:Component", "component", {}, opts);
  }
}

/** A provider as the generated SDK makes it. */
class Provider extends pulumi.ProviderResource {
  constructor(args: Record<string, string>) {
    super("yandex", "own", { endpoint: undefined, token: undefined, ...args });
  }
}

beforeEach(() => Object.assign(process.env, variables));
afterEach(() => {
  for (const name of Object.keys(variables)) delete process.env[name];
});

test("without configuration, the connection is made from all environment variables that the provider reads", async () => {
  const { result } = await register(() => connectionOf(new Component()));
  expect(await result).toEqual(fromEnvironment);
});

test("arguments of an explicit provider take precedence over the environment, also if the provider is inherited", async () => {
  const { result } = await register(() => {
    const provider = new Provider({ endpoint: "own.example.com:443" });
    const parent = new Component({ providers: [provider] });
    return Promise.all([parent, new Component({ parent })].map(connectionOf));
  });
  const expected = { ...fromEnvironment, endpoint: "own.example.com:443" };
  expect(await result).toEqual([expected, expected]);
});

test("a provider with unknown arguments has no connection", async () => {
  const { result } = await register(() => {
    const reference = new pulumi.DependencyProviderResource(
      "urn:pulumi:dev::p::pulumi:providers:yandex::own::id",
    );
    return connectionOf(new Component({ providers: [reference] }));
  });
  expect(await result).toBeUndefined();
});
