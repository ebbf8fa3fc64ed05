import * as pulumi from "@pulumi/pulumi";
import { type CloudApi, type Connection, openCloud } from "../../api/connection";
import { heldBy } from "./outputs";

const settings = ["endpoint", "storageEndpoint", "token", "serviceAccountKeyFile"] as const;
type Setting = (typeof settings)[number];

/** Where the provider looks for what it is not given: https://yandex.cloud/en/docs/terraform/authentication */
const variables: Readonly<Record<Setting, string>> = {
  endpoint: "YC_ENDPOINT",
  storageEndpoint: "YC_STORAGE_ENDPOINT_URL",
  token: "YC_TOKEN",
  serviceAccountKeyFile: "YC_SERVICE_ACCOUNT_KEY_FILE",
};

/**
 * How the provider of a resource reaches the cloud: the provider that the resource was given or inherited, else the default
 * one, which the stack's configuration and the environment describe.
 *
 * @returns nothing where it cannot be known: a plugin is not told what an explicit provider was given.
 */
export async function connectionOf(resource: pulumi.Resource): Promise<Connection | undefined> {
  const provider = resource.getProvider("yandex:index:AuditTrailsTrail") as
    | (pulumi.ProviderResource & Partial<Record<Setting, pulumi.Output<string | undefined>>>)
    | undefined;
  if (provider && !("endpoint" in provider)) return undefined;
  const config = new pulumi.Config("yandex");
  const given = await Promise.all(
    settings.map(async (setting) => {
      const output = provider?.[setting];
      const value = provider ? output && (await heldBy(output)) : config.get(setting);
      return [setting, value || process.env[variables[setting]]] as const;
    }),
  );
  return { ...Object.fromEntries(given), metadataAddress: process.env.YC_METADATA_ADDR };
}

/**
 * The cloud as the provider of a resource reaches it.
 *
 * @throws {Error} if the connection cannot be known, or cannot be opened.
 */
export async function openCloudOf(component: pulumi.Resource): Promise<CloudApi> {
  const connection = await connectionOf(component);
  if (!connection) throw new Error("what the explicit provider was given is not known in a plugin");
  return openCloud(connection);
}
