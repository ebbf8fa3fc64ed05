import type { Connection } from "./connection";

/**
 * Settings of the provider for its connection, each with the environment variable that it reads if the setting is
 * missing.
 */
const providerVariables = {
  endpoint: "YC_ENDPOINT",
  storageEndpoint: "YC_STORAGE_ENDPOINT_URL",
  token: "YC_TOKEN",
  serviceAccountKeyFile: "YC_SERVICE_ACCOUNT_KEY_FILE",
} as const;

export type ProviderSetting = keyof typeof providerVariables;

export const providerSettings = Object.keys(providerVariables) as readonly ProviderSetting[];

/**
 * Returns the connection that the provider would use with given settings and the environment.
 * https://yandex.cloud/en/docs/terraform/authentication
 */
export function connectionFrom(given: Readonly<Partial<Record<ProviderSetting, string>>>): Connection {
  const settings = providerSettings.map(
    (setting) => [setting, given[setting] || process.env[providerVariables[setting]]] as const,
  );
  return { ...Object.fromEntries(settings), metadataAddress: process.env.YC_METADATA_ADDR };
}
