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
 * Properties of a profile that say how the cloud is reached: https://yandex.cloud/en/docs/cli/cli-ref/config/cli-ref/. With
 * `instance-service-account` there are no others, and the account of the virtual machine is used, as without a profile.
 */
const profileSchema = z.object({
  /** OAuth token, or IAM token. */
  token: z.string().optional(),
  /** What `yc iam key create` writes. */
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

/** Where the vendor's CLI keeps its profiles. */
const configFile = () => join(homedir(), ".config", "yandex-cloud", "config.yaml");

/**
 * How a command reaches the cloud: as the provider does, and where the provider is given no credentials, with those of the
 * profile that is active in the vendor's CLI. The instance's metadata comes last, as for the provider.
 *
 * @param given What configuration and state give to the provider.
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

/** @throws {UsageError} without a word of the file in it: it holds secrets. */
function activeProfile(): readonly [string, Profile] | undefined {
  const file = configFile();
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new UsageError(`The profiles of yc in ${file} cannot be read: ${code}. ${otherWays}`);
  }
  const config = configSchema.safeParse(parsed(text)).data;
  const { current = "", profiles } = config ?? {};
  if (config && profiles?.[current] === undefined) return undefined;
  const profile = profileSchema.safeParse(profiles?.[current] ?? {}).data;
  if (config && profile) return [current, profile];
  throw new UsageError(`${file} is not as yc writes it. ${otherWays}`);
}

const otherWays = "Mend it, or give YC_TOKEN or YC_SERVICE_ACCOUNT_KEY_FILE instead.";

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
  // Only yc itself knows the tokens of a federation's sign-in, and how to act as another account.
  if (profile["federation-id"] || profile["impersonate-service-account-id"])
    return { token: tokenByYc(name) };
  if (key) return { serviceAccountKeyFile: JSON.stringify(key) };
  return token ? { token } : undefined;
}

/** @throws {UsageError} if yc is not there, or gives no token; it has said why. */
function tokenByYc(name: string): string {
  const { stdout, error, status } = spawnSync("yc", ["iam", "create-token", "--profile", name], {
    encoding: "utf8",
    stdio: ["inherit", "pipe", "inherit"],
  });
  const token = stdout?.trim();
  if (!error && status === 0 && token) return token;
  throw new UsageError(
    `Only yc itself gives a token for its profile ${name}, and \`yc iam create-token\` ` +
      `${error ? `cannot be run: ${error.message}` : "gave none; what it says above is why"}. Mend that, or give YC_TOKEN.`,
  );
}

/**
 * The endpoint that credentials are of, where the provider is given none.
 *
 * @throws {UsageError} where Object Storage would be that of another endpoint: no profile names it.
 */
function endpointOf(
  name: string,
  { endpoint }: Profile,
  given: Connection,
): Pick<Connection, "endpoint"> | undefined {
  if (given.endpoint || !endpoint || endpoint === publicEndpoint) return undefined;
  if (given.storageEndpoint) return { endpoint };
  throw new UsageError(
    `The yc profile ${name} is of endpoint ${endpoint}, and does not name its Object Storage. Name both, as the provider ` +
      `needs them too: export YC_ENDPOINT=${endpoint} YC_STORAGE_ENDPOINT_URL=<host of Object Storage there>`,
  );
}
