import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { type Emulator, startEmulator } from "../../emulator";
import { commandConnection } from "../../operate/stack/profile";
import { createKey, keyFileOf } from "../support/authorizedKey";
import { metadataOf } from "../support/metadata";
import { runBash } from "../support/pipelines/bash";

jest.mock("node:os", () => ({ ...jest.requireActual("node:os"), homedir: () => process.env.HOME }));

const environment = { ...process.env };
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "yc-profile-"));
  process.env.HOME = home;
});
afterEach(() => {
  process.env = { ...environment };
  rmSync(home, { recursive: true });
});

function writeConfig(text: string): void {
  const folder = join(home, ".config", "yandex-cloud");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "config.yaml"), text);
}

/** The profiles as the vendor's CLI keeps them, of which `work` is active. */
const writeProfile = (work: object) =>
  writeConfig(stringify({ current: "work", profiles: { default: { token: "another" }, work } }));

/** A yc that runs a script. */
function writeYc(script: string): void {
  writeFileSync(join(home, "yc"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(home, "yc"), 0o755);
}

const key = { id: "ajekey", service_account_id: "ajeaccount", private_key: "s3cret" };
const federated = { "federation-id": "bpffederation", "folder-id": "b1gfolder" };

test("credentials of the provider take precedence over the profile, and the profile over metadata", () => {
  writeProfile({ token: "of the profile" });
  expect(commandConnection({ token: "given" })).not.toHaveProperty("profileName");
  expect(commandConnection({ serviceAccountKeyFile: "key.json" })).not.toHaveProperty("profileName");
  process.env.YC_TOKEN = "of the environment";
  expect(commandConnection({})).toMatchObject({ token: "of the environment" });
  delete process.env.YC_TOKEN;
  expect(commandConnection({})).toMatchObject({ token: "of the profile", profileName: "work" });
  writeProfile({ "instance-service-account": true, "folder-id": "b1gfolder" });
  expect(commandConnection({})).not.toHaveProperty("profileName");
  rmSync(join(home, ".config"), { recursive: true });
  expect(commandConnection({})).not.toHaveProperty("profileName");
});

test("an authorized key is used as its contents, for any contents of other profiles", () => {
  writeConfig(stringify({ current: "work", profiles: { odd: ["?"], work: { "service-account-key": key } } }));
  const { serviceAccountKeyFile = "" } = commandConnection({});
  expect(JSON.parse(serviceAccountKeyFile)).toEqual(key);
});

test("the profile's endpoint is used where none is given, and only with a place for Object Storage", () => {
  const endpoint = "api.region.example:443";
  writeProfile({ token: "of the profile", endpoint });
  expect(() => commandConnection({})).toThrow(
    `export YC_ENDPOINT=${endpoint} YC_STORAGE_ENDPOINT_URL=<host of Object Storage there>`,
  );
  const storageEndpoint = "storage.region.example";
  expect(commandConnection({ storageEndpoint })).toMatchObject({ endpoint, storageEndpoint });
  expect(commandConnection({ endpoint: "given:443" })).toMatchObject({ endpoint: "given:443" });
  writeProfile({ token: "of the profile", endpoint: "api.cloud.yandex.net:443" });
  expect(commandConnection({}).endpoint).toBeUndefined();
});

test.each([
  ["the file is no YAML", () => writeConfig("token: [s3cret")],
  ["the file is another one", () => writeConfig("profiles: s3cret")],
  ["the profile is another one", () => writeProfile({ token: { of: "s3cret" } })],
])("%s: the message says what to do, and has no secret", (_, prepare) => {
  prepare();
  const connect = () => commandConnection({});
  expect(connect).toThrow(/config\.yaml is not a configuration file of yc\. .*YC_TOKEN/);
  expect(connect).not.toThrow(/s3cret/);
});

describe("a command on the local cloud", () => {
  let emulator: Emulator;
  let authorizedKey: string;
  let subject: { readonly type: string; readonly id: string };
  beforeAll(async () => {
    emulator = await startEmulator();
    const created = await createKey(emulator);
    authorizedKey = keyFileOf(created);
    subject = { type: "serviceAccount", id: created.accountId };
  });
  afterAll(() => emulator[Symbol.asyncDispose]());

  const withYc = () => ({ PATH: `${home}:${environment.PATH}` });
  const token = () => emulator.issueToken(subject);
  const kinds: Record<string, () => Promise<NodeJS.ProcessEnv> | NodeJS.ProcessEnv> = {
    "an IAM token": () => ({ YC_TOKEN: token() }),
    "the file of an authorized key": () => {
      writeFileSync(join(home, "key.json"), authorizedKey);
      return { YC_SERVICE_ACCOUNT_KEY_FILE: join(home, "key.json") };
    },
    "the contents of an authorized key": () => ({ YC_SERVICE_ACCOUNT_KEY_FILE: authorizedKey }),
    "the OAuth token of the yc profile, and its endpoint": () => {
      writeProfile({ token: emulator.cloud.tokens.issueOauth(subject), endpoint: emulator.endpoint });
      return { YC_ENDPOINT: "" };
    },
    "the authorized key of the yc profile": () => {
      writeProfile({ "service-account-key": JSON.parse(authorizedKey) });
      return {};
    },
    "the federated user of the yc profile": () => {
      writeYc(`[ "$*" = "iam create-token --profile work" ] && echo ${token()}`);
      writeProfile(federated);
      return withYc();
    },
    "the account that the yc profile impersonates": () => {
      writeYc(`echo ${token()}`);
      writeProfile({ token: "of the user", "impersonate-service-account-id": subject.id });
      return withYc();
    },
  };

  /** Returns the output for a set-up with these environment variables. */
  const run = async (given: NodeJS.ProcessEnv) => {
    const { organizationId, folderId } = emulator.cloud;
    const ids = `--organization-id ${organizationId} --folder-id ${folderId} --bucket-name audit-logs`;
    const script = `node operate/audit-trails.cjs preflight ${ids}`;
    const env = { ...environment, HOME: home, ...emulator.providerEnvironment(), YC_TOKEN: "", ...given };
    return (await runBash(`${script} || true`, process.cwd(), env)).output;
  };

  test.each(Object.keys(kinds))("with %s it finds the caller", async (kind) => {
    const output = await run((await kinds[kind]?.()) ?? {});
    expect(output).toContain(`credentials: They are of serviceAccount ${subject.id}.`);
    const isProfile = kind.includes("yc profile");
    expect(output.includes("credentials of the provider: This check used the yc profile work")).toBe(
      isProfile,
    );
    expect(output).not.toContain(JSON.parse(authorizedKey).private_key.slice(40, 60));
  });

  test("with the metadata of the instance it finds the caller", async () => {
    await using metadata = await metadataOf(token());
    expect(await run({ YC_METADATA_ADDR: metadata.address })).toContain(
      `They are of serviceAccount ${subject.id}.`,
    );
  });

  test("if yc is missing or gives no token, the message for a federated user says so, and has no secret", async () => {
    writeProfile(federated);
    const path = [dirname(process.execPath), "/usr/bin", "/bin"].join(":");
    const advice = "Repair that, or set YC_TOKEN.";
    expect(await run({ PATH: path })).toContain(
      `can create a token for its profile work, and \`yc iam create-token\` cannot be run: spawnSync yc ENOENT. ${advice}`,
    );
    writeYc("echo s3cret; echo no browser >&2; exit 1");
    const output = await run(withYc());
    expect(output).toContain("no browser\n");
    expect(output).toContain(`failed; the lines above give its reason. ${advice}`);
    expect(output).not.toContain("s3cret");
  });
});
