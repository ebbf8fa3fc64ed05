import * as pulumi from "@pulumi/pulumi";
import { type CloudApi, type Connection, openCloud } from "../../api/connection";
import { connectionFrom, type ProviderSetting, providerSettings } from "../../api/providerSettings";
import { heldBy } from "./outputs";
import { isMocked } from "./program";

/**
 * Checks that the provider can work in this environment. Its S3 client has a custom transport, to which AWS_CA_BUNDLE
 * cannot be applied. With that variable every resource fails with LoadCustomCABundleError.
 *
 * @throws {pulumi.RunError} if the variable is set. With Pulumi's mocks it is allowed, since they have no provider.
 */
export function requireUsableEnvironment(): void {
  const { AWS_CA_BUNDLE } = process.env;
  if (AWS_CA_BUNDLE && !isMocked())
    throw new pulumi.RunError(
      `The environment variable AWS_CA_BUNDLE is set (${AWS_CA_BUNDLE}), and the provider does not work with it. Nothing was ` +
        "changed. Run the command without it: env -u AWS_CA_BUNDLE pulumi up. Set SSL_CERT_FILE for your own certificates.",
    );
}

/** Returns the connection of the default provider. */
export function configuredConnection(): Connection {
  const config = new pulumi.Config("yandex");
  return connectionFrom(
    Object.fromEntries(providerSettings.map((setting) => [setting, config.get(setting)])),
  );
}

/**
 * Returns the connection of a resource's provider. That is the provider in the resource's options or its parent's, or
 * else the default one, which the stack's configuration and the environment describe.
 *
 * @returns undefined if it cannot be determined: a plugin does not receive the inputs of an explicit provider.
 */
export async function connectionOf(resource: pulumi.Resource): Promise<Connection | undefined> {
  const provider = resource.getProvider("yandex:index:AuditTrailsTrail") as
    | (pulumi.ProviderResource & Partial<Record<ProviderSetting, pulumi.Output<string | undefined>>>)
    | undefined;
  if (!provider) return configuredConnection();
  if (!("endpoint" in provider)) return undefined;
  const given = await Promise.all(
    providerSettings.map(async (setting) => {
      const output = provider[setting];
      return [setting, output && (await heldBy(output))] as const;
    }),
  );
  return connectionFrom(Object.fromEntries(given));
}

/**
 * Opens the cloud with the connection of a resource's provider.
 *
 * @throws {Error} if the connection is unknown or cannot be opened.
 */
export async function openCloudOf(component: pulumi.Resource): Promise<CloudApi> {
  const connection = await connectionOf(component);
  if (!connection) throw new Error("a plugin does not receive the settings of an explicit provider");
  return openCloud(connection);
}
