import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../../api/connection";

/** What the provider is given: its configuration, else the environment. */
export function connectionOfProvider(): Connection {
  const config = new pulumi.Config("yandex");
  return {
    endpoint: config.get("endpoint") || process.env.YC_ENDPOINT,
    storageEndpoint: config.get("storageEndpoint") || process.env.YC_STORAGE_ENDPOINT_URL,
    token: config.get("token") || process.env.YC_TOKEN,
    serviceAccountKeyFile: config.get("serviceAccountKeyFile") || process.env.YC_SERVICE_ACCOUNT_KEY_FILE,
  };
}
