import { connectionOfProvider } from "../../components/connection";

const variables = {
  YC_ENDPOINT: "api.example.com:443",
  YC_STORAGE_ENDPOINT_URL: "storage.example.com",
  YC_TOKEN: "t1.a.b",
  YC_SERVICE_ACCOUNT_KEY_FILE: "key.json",
  YC_METADATA_ADDR: "127.0.0.1:80",
};

afterEach(() => {
  for (const name of Object.keys(variables)) delete process.env[name];
});

test("without configuration all that the provider reads of the environment makes the connection", () => {
  Object.assign(process.env, variables);
  expect(connectionOfProvider()).toEqual({
    endpoint: "api.example.com:443",
    storageEndpoint: "storage.example.com",
    token: "t1.a.b",
    serviceAccountKeyFile: "key.json",
    metadataAddress: "127.0.0.1:80",
  });
});
