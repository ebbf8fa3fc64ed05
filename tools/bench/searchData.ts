import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Id of the trail of the logs. */
export const trailId = "cnpbenchtrail";
/** First day of the logs. */
const firstDay = Date.UTC(2025, 0, 1);
const fiveMinutes = 300_000;
/** Mean number of events in an object: a million events make about 105,120 objects. */
const eventsOfObject = 9.5;

/** Id of a folder that an event deletes, for the question. */
export const folderId = "b1gbench000000000042";

/** Returns a generator of pseudo-random numbers from 0 to 1 that repeats for a seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const types = [
  ...["compute.CreateInstance", "compute.UpdateInstance", "compute.DeleteInstance", "compute.StartInstance"],
  ...["iam.CreateServiceAccount", "iam.CreateAccessKey", "iam.CreateKey", "kms.Decrypt", "kms.Encrypt"],
  ...["resourcemanager.UpdateFolderAccessBindings", "storage.ObjectGet", "storage.BucketUpdate"],
  ...["lockbox.GetPayload", "network.AddressAttached", "resourcemanager.DeleteFolder"],
];

/** Writes log objects of five minutes each until they hold a number of events. @returns their bytes, objects and days. */
export function writeLogs(folder: string, events: number): { bytes: number; objects: number; days: number } {
  const next = random(42);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)] as T;
  const id = (prefix: string) =>
    `${prefix}${Math.floor(next() * 36 ** 10)
      .toString(36)
      .padStart(17, "0")}`;
  const digits = () => String(Math.floor(next() * 1e9)).padStart(9, "0");
  const record = (at: number): object => {
    const type = pick(types);
    const fraction = next();
    const second = new Date(at).toISOString().slice(0, 19);
    const time = `${second}${fraction < 0.2 ? "" : `.${fraction < 0.6 ? digits() : digits().slice(0, 6)}`}Z`;
    const folder =
      type.endsWith("DeleteFolder") && next() < 0.05 ? folderId : `b1gbench${Math.floor(next() * 50)}`;
    const name = pick(["anna", "boris", "robot", "deployer", "backup"]);
    return {
      event_id: id("evt"),
      event_source: type.split(".")[0],
      event_type: `yandex.cloud.audit.${type}`,
      event_time: time,
      authentication: {
        authenticated: true,
        subject_type: "FEDERATED_USER_ACCOUNT",
        subject_id: `aje${name}`,
        subject_name: `${name}@example.test`,
        federation_id: "bpfbench",
        federation_name: "bench",
        federation_type: "PRIVATE_FEDERATION",
        token_info: { masked_iam_token: `t1.${id("")}.**`, iam_token_id: id("") },
      },
      authorization: { authorized: true },
      resource_metadata: {
        path: [
          {
            resource_type: "organization-manager.organization",
            resource_id: "bpforganization",
            resource_name: "bench",
          },
          { resource_type: "resource-manager.cloud", resource_id: "b1gcloud", resource_name: "cloud" },
          { resource_type: "resource-manager.folder", resource_id: folder, resource_name: folder.slice(3) },
          {
            resource_type: "compute.instance",
            resource_id: id("fhm"),
            resource_name: `vm-${Math.floor(next() * 900)}`,
          },
        ],
      },
      request_metadata: {
        remote_address: `203.0.113.${Math.floor(next() * 250)}`,
        user_agent: "Pulumi/3 (https://www.pulumi.com) terraform-provider-yandex",
        request_id: id("request-"),
      },
      event_status: next() < 0.03 ? "ERROR" : "DONE",
      details: {
        instance_id: id("fhm"),
        folder_id: folder,
        folder_name: folder.slice(3),
        zone_id: pick(["ru-central1-a", "ru-central1-b", "ru-central1-d"]),
        platform_id: "standard-v3",
        metadata_serial_port_enable: next() < 0.01 ? "1" : "0",
        network_interfaces: [
          {
            index: "0",
            mac_address: id("d0:0d"),
            subnet_id: id("e9b"),
            primary_v4_address: { address: "10.0.0.7" },
          },
        ],
      },
      request_parameters: {
        folder_id: folder,
        labels: { team: name },
        resources_spec: { cores: "2", memory: "4294967296" },
      },
      response: { operation_id: id("fhm"), metadata: { instance_id: id("fhm") } },
    };
  };
  let [written, bytes, objects] = [0, 0, 0];
  let at = firstDay;
  for (let due = 0; written < events; at += fiveMinutes) {
    due += eventsOfObject;
    const records: object[] = [];
    for (; written < Math.min(due, events); written += 1) records.push(record(at - next() * fiveMinutes));
    const [date = "", clock = ""] = new Date(at).toISOString().split("T");
    const key = `${trailId}/${date.replaceAll("-", "/")}/${clock.slice(0, 8).replaceAll(":", "-")}-${id("")}.json`;
    const path = join(folder, key);
    const text = JSON.stringify(records);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    bytes += text.length;
    objects += 1;
  }
  return { bytes, objects, days: Math.ceil((at - firstDay) / 86_400_000) };
}
