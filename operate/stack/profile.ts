import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { type Connection, publicEndpoint } from "../../api/connection";
import { connectionFrom, type ProviderSetting } from "../../api/providerSettings";
import { UsageError } from "../exitCodes";

/**
 * Properties of a profile for the connection: https://yandex.cloud/en/docs/cli/cli-ref/config/cli-ref/. A profile with
 * `instance-service-account` has none of them: then the account of the virtual machine is used, as without a profile.
 */
const profileSchema = z.object({
  /** OAuth token, or IAM token. */
  token: z.string().optional(),
  /** Output of `yc iam key create`. */
  "service-account-key": z.record(z.string(), z.unknown()).optional(),
  "federation-id": z.string().optional(),
  "impersonate-service-account-id": z.string().optional(),
  /** Host and port. */
  endpoint: z.string().optional(),
});

const configSchema = z.object({
  current: z.string().optional(),
  profiles: z.record(z.string(), z.unknown()).optional(),
});

type Profile = z.infer<typeof profileSchema>;

/** Path of the file with the profiles of the vendor's CLI. */
const configFile = () => join(homedir(), ".config", "yandex-cloud", "config.yaml");

/**
 * Returns the connection of a command: that of the provider. Without credentials for the provider, it uses those of the
 * active profile of the vendor's CLI. Last, it uses the instance's metadata, as the provider does.
 *
 * @param given Settings of the provider in configuration and state.
 * @throws {UsageError} if the profile cannot be used.
 */
export function commandConnection(given: Readonly<Partial<Record<ProviderSetting, string>>>): Connection {
  const connection = connectionFrom(given);
  if (connection.token || connection.serviceAccountKeyFile) return connection;
  const active = activeProfile();
  if (!active) return connection;
  const [profileName, profile] = active;
  const own = { ...credentialsOf(profileName, profile), ...endpointOf(profileName, profile, connection) };
  return Object.keys(own).length > 0 ? { ...connection, ...own, profileName } : connection;
}

/** Reads the active profile. @throws {UsageError} without any text of the file: it holds secrets. */
function activeProfile(): readonly [string, Profile] | undefined {
  const file = configFile();
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new UsageError(`The yc profiles in ${file} cannot be read: ${code}. ${otherWays}`);
  }
  const config = configSchema.safeParse(parsed(text)).data;
  const { current = "", profiles } = config ?? {};
  if (config && profiles?.[current] === undefined) return undefined;
  const profile = profileSchema.safeParse(profiles?.[current] ?? {}).data;
  if (config && profile) return [current, profile];
  throw new UsageError(`${file} is not a configuration file of yc. ${otherWays}`);
}

const otherWays = "Repair it, or set YC_TOKEN or YC_SERVICE_ACCOUNT_KEY_FILE instead.";

function parsed(text: string): unknown {
  try {
    return parse(text, { logLevel: "error" }) ?? {};
  } catch {
    return undefined;
  }
}

function credentialsOf(
  name: string,
  profile: Profile,
): Pick<Connection, "token" | "serviceAccountKeyFile"> | undefined {
  const { token, "service-account-key": key } = profile;
  // Only yc can sign in by a federation, and act as another account.
  if (profile["federation-id"] || profile["impersonate-service-account-id"])
    return { token: tokenByYc(name) };
  if (key) return { serviceAccountKeyFile: JSON.stringify(key) };
  return token ? { token } : undefined;
}

/** Gets a token from yc. @throws {UsageError} if yc is missing or gives no token; yc prints the reason itself. */
function tokenByYc(name: string): string {
  const { stdout, error, status } = spawnSync("yc", ["iam", "create-token", "--profile", name], {
    encoding: "utf8",
    stdio: ["inherit", "pipe", "inherit"],
  });
  const token = stdout?.trim();
  if (!error && status === 0 && token) return token;
  throw new UsageError(
    `Only yc can create a token for its profile ${name}, and \`yc iam create-token\` ` +
      `${error ? `cannot be run: ${error.message}` : "failed; the lines above give its reason"}. Repair that, or set YC_TOKEN.`,
  );
}

/**
 * Returns the endpoint of the profile, if the provider has none.
 *
 * @throws {UsageError} if Object Storage would be that of another endpoint: no profile names it.
 */
function endpointOf(
  name: string,
  { endpoint }: Profile,
  given: Connection,
): Pick<Connection, "endpoint"> | undefined {
  if (given.endpoint || !endpoint || endpoint === publicEndpoint) return undefined;
  if (given.storageEndpoint) return { endpoint };
  throw new UsageError(
    `The yc profile ${name} has endpoint ${endpoint}, and does not name its Object Storage. Set both, because the provider ` +
      `needs them too: export YC_ENDPOINT=${endpoint} YC_STORAGE_ENDPOINT_URL=<host of Object Storage there>`,
  );
}
