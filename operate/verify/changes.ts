import { concernsLogs } from "../../components/logAccess";
import { isByCloud, isDone, type LogRecord, textsIn, whoOf } from "./auditRecords";
import { type Check, counted, shortened, timeOf } from "./check";
import type { TrailTarget } from "./target";

/** Ids of the resources of a trail. */
interface Belongings {
  readonly target: TrailTarget;
  readonly keyId?: string;
  /** Folders, clouds and organizations that the trail or its bucket is in or collects from. */
  readonly containers: ReadonlySet<string>;
}

const bindings = /AccessBindings(Update)?$/;

/** Events that change nothing: uses of a key, tokens of an account, updates of an account without a change. */
const uses =
  /^(kms\.(Encrypt|Decrypt|ReEncrypt|GenerateDataKey)|iam\.(UpdateServiceAccount|CreateIamToken))$/;

/** Services whose events concern a resource of a trail. */
const services = ["audittrails", "storage", "kms", "iam"];

/** Checks whether an event changed the trail, its bucket, key, policy, account or access to them. */
function isChange(record: LogRecord, { target, keyId, containers }: Belongings): boolean {
  const type = record.event_type.replace("yandex.cloud.audit.", "");
  const [service = "", event = ""] = type.split(".");
  const { details = {}, resource_metadata } = record;
  const ids = new Set([
    ...(resource_metadata?.path ?? []).flatMap(({ resource_id: id }) => id ?? []),
    ...Object.values(details).filter((value) => typeof value === "string"),
  ]);
  const own = [target.trailId, target.bucketName, target.accountId, ...(keyId ? [keyId] : [])];
  if (services.includes(service) && own.some((id) => ids.has(id)))
    return !uses.test(type) && !/^(Object|Presign)/.test(event);
  const concerned = [...containers].some((id) => ids.has(id));
  if (/^Delete(Folder|Cloud|Organization)$/.test(event)) return concerned;
  if (!concerned || !bindings.test(event)) return false;
  const texts = textsIn(details);
  const roles = texts.filter(({ name }) => name === "role_id").map(({ text }) => text);
  // Any member counts. An event without a role may be about any role.
  return (
    roles.length === 0 ||
    roles.some((role) => concernsLogs(role) !== "no") ||
    texts.some(({ text }) => text === target.accountId)
  );
}

/** Returns the creator of a trail, if the records have it. The creator counts as the account that deploys the stack. */
export function makerOf(records: readonly LogRecord[], trailId: string): string | undefined {
  const made = records.find(
    (record) =>
      record.event_type === "yandex.cloud.audit.audittrails.CreateTrail" &&
      record.details?.trail_id === trailId &&
      isDone(record),
  );
  return made?.authentication?.subject_id;
}

/**
 * Checks whether others than the deploying accounts changed something that the trail needs.
 *
 * @param maker Creator of the trail, used if no deploying account is named.
 */
export function checkChanges(
  records: readonly LogRecord[],
  belongings: Belongings,
  named: readonly string[],
  maker: string | undefined,
): Check {
  const name = "changes";
  const { collected, bucketName } = belongings.target;
  if (!collected.some(({ kind }) => kind === "management"))
    return {
      name,
      result: "unknown",
      text: "It is unknown who changed trail, bucket, key or roles: the trail collects no management events.",
    };
  const deployers = named.length > 0 || maker === undefined ? named : [maker];
  const who =
    named.length > 0 || maker === undefined ? "the deploying account" : `${maker}, who created the trail,`;
  const all = records.filter((record) => isChange(record, belongings) && !isByCloud(record));
  const foreign = all.filter(({ authentication }) => !deployers.includes(authentication?.subject_id ?? ""));
  const lines = (some: readonly LogRecord[]) =>
    shortened(
      some.map((record) => {
        const type = record.event_type.replace("yandex.cloud.audit.", "");
        return `${timeOf(record.at)} ${type}${isDone(record) ? "" : ", refused or failed"}: ${whoOf(record)}`;
      }),
    );
  const done = foreign.filter(isDone);
  const what = `trail, bucket ${bucketName}, key or roles`;
  if (deployers.length === 0 && done.length > 0)
    return {
      name,
      result: "unknown",
      text: `There were ${counted(done.length, "change")} of ${what}. It is unknown whether the deploying account made them: name it with --deployer.`,
      details: lines(foreign),
    };
  if (done.length > 0)
    return {
      name,
      result: "bad",
      text: `Others than ${who} changed ${what}.`,
      details: lines(foreign),
    };
  if (foreign.length > 0)
    return {
      name,
      result: "info",
      text: `Others tried to change ${what}, without success.`,
      details: lines(foreign),
    };
  return {
    name,
    result: "good",
    text:
      all.length > 0
        ? `Nobody but ${who} changed ${what}. ${counted(all.length, "change")}.`
        : `Nobody changed ${what}.`,
  };
}
