import { type CloudApi, type Connection, openCloud } from "../../api/connection";
import { failureText, isCallError, isCloudFailure, isUnauthenticated } from "../../api/failures";
import type { Subject } from "../../api/identity";
import { subjectOf } from "../../api/identity";
import { retried } from "../../api/retries";
import { placeName } from "../../components/places";
import { roleCheck, rolesFor, unread } from "./access";
import { type Check, ok, type PlannedCheck, problem, runCheck, unknown } from "./check";
import { CloudView, Unreadable } from "./cloudView";
import { containerCheck, containersOf, organizationCheck } from "./containers";
import { accountCheck, bucketChecks, keyCheck, policyChecks, soleUploadCheck } from "./existing";
import { nameChecks, quotaChecks } from "./namesAndQuotas";
import type { Plan } from "./plan";
import { word } from "./word";

/** Result of a preflight. */
export interface PreflightResult {
  /** Owner of the credentials, if known. */
  readonly deployer?: Subject;
  readonly checks: readonly Check[];
}

const services = ["audittrails", "iam", "kms", "organization-manager", "resource-manager", "storage-api"];

/**
 * Checks whether a set-up can be created, with calls that change nothing. Independent checks run at the same time.
 *
 * @param given Owner of the credentials, if the API does not name it.
 */
export async function preflight(
  plan: Plan,
  connection: Connection,
  given?: Subject,
): Promise<PreflightResult> {
  const endpoint = connection.endpoint ?? "the public endpoint";
  const about = `endpoint ${endpoint}`;
  let cloud: CloudApi;
  try {
    cloud = retried(await openCloud(connection));
  } catch (error) {
    if (!isCloudFailure(error)) throw error;
    return {
      checks: [
        unknown(
          about,
          `It does not answer: ${failureText(error)}. Check the network, YC_ENDPOINT and HTTPS_PROXY.`,
        ),
      ],
    };
  }
  const reachable = [ok(about), ...endpointChecks(cloud, endpoint), ...profileChecks(connection)];
  const { subject, check } = await credentialsCheck(cloud, connection, endpoint, given);
  if (check.answer === "problem") return { checks: [...reachable, check] };
  const results = await Promise.all(checksOf(plan, new CloudView(cloud, subject), endpoint));
  return { deployer: subject, checks: [...reachable, check, ...results.flat()] };
}

function endpointChecks(cloud: CloudApi, endpoint: string): Check[] {
  const missing = services.filter((service) => !cloud.addressOf(service));
  const about = `services of endpoint ${endpoint}`;
  const named = cloud.addressOf("storage")?.replace(/:443$/, "");
  const used = new URL(cloud.storageEndpoint).host;
  const aboutStorage = `Object Storage of endpoint ${endpoint}`;
  return [
    missing.length > 0
      ? problem(
          about,
          `It lacks ${missing.join(", ")}. YC_ENDPOINT must name the endpoint of the organization's region.`,
        )
      : ok(about),
    named === undefined
      ? unknown(aboutStorage, "The endpoint does not report its address.")
      : named === used
        ? ok(aboutStorage)
        : problem(
            aboutStorage,
            `Object Storage of the endpoint is at ${named}, but buckets would be created at ${used}.`,
            `export YC_STORAGE_ENDPOINT_URL=${named}`,
          ),
  ];
}

/** Warns about a profile of the vendor's CLI: the provider does not read profiles. */
function profileChecks({ profileName, endpoint }: Connection): Check[] {
  if (profileName === undefined) return [];
  return [
    unknown(
      "credentials of the provider",
      `This check used the yc profile ${profileName}, which the provider does not read. The provider may use the credentials of the instance instead.`,
      `export YC_TOKEN=$(yc iam create-token)${endpoint ? ` YC_ENDPOINT=${word(endpoint)}` : ""}`,
    ),
  ];
}

async function credentialsCheck(
  cloud: CloudApi,
  connection: Connection,
  endpoint: string,
  given: Subject | undefined,
): Promise<{ subject?: Subject; check: Check }> {
  const about = "credentials";
  try {
    await cloud.token();
    const subject = (await subjectOf(connection, cloud)) ?? given;
    if (subject) return { subject, check: ok(about, `They are of ${subject.type} ${subject.id}.`) };
  } catch (error) {
    if (!isCloudFailure(error)) throw error;
    const reason = `${failureText(error)}.`;
    if (isCallError(error) && !isUnauthenticated(error)) return { check: unknown(about, reason) };
    return {
      check: problem(
        about,
        `${reason} They are missing, have expired, or are of another region than ${endpoint}.`,
        "export YC_TOKEN=$(yc iam create-token)",
      ),
    };
  }
  return {
    check: unknown(
      about,
      "The API does not name their owner. Give --subject, such as serviceAccount:<id> or userAccount:<id>.",
      "yc iam whoami",
    ),
  };
}

function checksOf(plan: Plan, view: CloudView, endpoint: string): Promise<readonly Check[]>[] {
  const organizationIds = plan.scopes.flatMap(({ type, id }) =>
    type === "organization-manager.organization" ? [id] : [],
  );
  const folderIds = [...new Set(plan.trails.map(({ folderId }) => folderId))];
  const bucketFolderIds = plan.existingBuckets.flatMap((bucket) => bucket.folderIds ?? []);
  const planned: PlannedCheck[] = [
    ...plan.open.map((name): PlannedCheck => [`inputs of ${name}`, async (about) => unknownYet(about)]),
    ...containersOf(plan).map(
      (one): PlannedCheck => [placeName(one), (about) => containerCheck(about, one, view, endpoint)],
    ),
    ...organizationIds.flatMap((id) =>
      folderIds.map(
        (folderId): PlannedCheck => [
          `organization ${id} of folder ${folderId}`,
          (about) => organizationCheck(about, folderId, id, view),
        ],
      ),
    ),
    ...plan.existingBuckets.map(
      (one): PlannedCheck => [`bucket ${one.name}`, (about) => bucketChecks(about, one, view)],
    ),
    ...plan.keyIds.map((id): PlannedCheck => [`key ${id}`, (about) => keyCheck(about, id, view)]),
    ...plan.existingAccountIds.map(
      (id): PlannedCheck => [`service account ${id}`, (about) => accountCheck(about, id, view)],
    ),
    ...rolesFor(plan, bucketFolderIds).map(
      (need): PlannedCheck => [
        `role ${need.role} on ${placeName(need.on)}`,
        (about) => roleCheck(about, need, view),
      ],
    ),
    ...plan.soleUploads.map(
      (one): PlannedCheck => [
        `uploaders of bucket ${one.bucketName}`,
        (about) => soleUploadCheck(about, one, view),
      ],
    ),
    ...policyChecks(plan, view),
    ...nameChecks(plan, view),
    ...quotaChecks(plan, view),
  ];
  return planned.map((one) => runCheck(explained(one, view)));
}

/** Wraps a check. If a resource may not be read, the result names the role that allows it. */
const explained = ([about, check]: PlannedCheck, view: CloudView): PlannedCheck => [
  about,
  (it) =>
    check(it).catch((error: unknown) => {
      if (error instanceof Unreadable) return unread(it, error.resource, view);
      throw error;
    }),
];

const unknownYet = (about: string): Check => unknown(about, "Some are not known before the update.");
