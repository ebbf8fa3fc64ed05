import type { Connection } from "./connection";

/** What the provider is given to reach the cloud, and the variable in which it looks for what it is not given. */
const providerVariables = {
  endpoint: "YC_ENDPOINT",
  storageEndpoint: "YC_STORAGE_ENDPOINT_URL",
  token: "YC_TOKEN",
  serviceAccountKeyFile: "YC_SERVICE_ACCOUNT_KEY_FILE",
} as const;

export type ProviderSetting = keyof typeof providerVariables;

export const providerSettings = Object.keys(providerVariables) as readonly ProviderSetting[];

/**
 * The connection that the provider makes of what it is given and of the environment.
 * https://yandex.cloud/en/docs/terraform/authentication
 */
export function connectionFrom(given: Readonly<Partial<Record<ProviderSetting, string>>>): Connection {
  const settings = providerSettings.map(
    (setting) => [setting, given[setting] || process.env[providerVariables[setting]]] as const,
  );
  return { ...Object.fromEntries(settings), metadataAddress: process.env.YC_METADATA_ADDR };
}
