import {
  type CloudApi,
  type Connection,
  failureText,
  isCallError,
  isUnauthenticated,
  openCloud,
} from "../../api/connection";
import type { Subject } from "../../api/identity";
import { subjectOf } from "../../api/identity";
import { retried } from "../../api/retries";
import { called, roleCheck, rolesFor } from "./access";
import { type Check, cannotTell, has, type Look, lacks, looked } from "./check";
import { CloudView } from "./cloudView";
import { containerCheck, containersOf, organizationCheck } from "./containers";
import { accountCheck, bucketChecks, keyCheck, policyChecks } from "./existing";
import type { Plan } from "./plan";
import { nameChecks, quotaChecks } from "./room";
import { word } from "./word";

/** What a preflight found. */
export interface Found {
  /** Whose the credentials are, if that is known. */
  readonly deployer?: Subject;
  readonly checks: readonly Check[];
}

const services = ["audittrails", "iam", "kms", "organization-manager", "resource-manager", "storage-api"];

/**
 * Looks whether a set-up can be made, with calls that change nothing. All that does not depend on another is asked at once.
 *
 * @param given Whose the credentials are, where the API does not tell.
 */
export async function preflight(plan: Plan, connection: Connection, given?: Subject): Promise<Found> {
  const endpoint = connection.endpoint ?? "the public endpoint";
  const about = `endpoint ${endpoint} answers`;
  let cloud: CloudApi;
  try {
    cloud = retried(await openCloud(connection));
  } catch (error) {
    return { checks: [cannotTell(about, `${failureText(error)}.`)] };
  }
  const reachable = [has(about), ...endpointChecks(cloud, endpoint), ...profileChecks(connection)];
  const { subject, check } = await credentialsCheck(cloud, connection, endpoint, given);
  if (check.answer === "lacks") return { checks: [...reachable, check] };
  const looks = await Promise.all(looksAt(plan, new CloudView(cloud, subject), endpoint));
  return { deployer: subject, checks: [...reachable, check, ...looks.flat()] };
}

function endpointChecks(cloud: CloudApi, endpoint: string): Check[] {
  const missing = services.filter((service) => !cloud.addressOf(service));
  const about = `endpoint ${endpoint} has the services that are needed`;
  const named = cloud.addressOf("storage")?.replace(/:443$/, "");
  const used = new URL(cloud.storageEndpoint).host;
  const aboutStorage = `Object Storage is that of endpoint ${endpoint}`;
  return [
    missing.length > 0
      ? lacks(
          about,
          `It lacks ${missing.join(", ")}. YC_ENDPOINT must name the endpoint of the organization's region.`,
        )
      : has(about),
    named === undefined
      ? cannotTell(aboutStorage, "The endpoint does not tell where it is.")
      : named === used
        ? has(aboutStorage)
        : lacks(
            aboutStorage,
            `The endpoint's is at ${named}, and buckets would be made at ${used}.`,
            `export YC_STORAGE_ENDPOINT_URL=${named}`,
          ),
  ];
}

/** The provider does not read the profiles of the vendor's CLI. */
function profileChecks({ profileName, endpoint }: Connection): Check[] {
  if (profileName === undefined) return [];
  return [
    cannotTell(
      "the provider is given credentials too",
      `The ones here are of the yc profile ${profileName}, which the provider does not read. It may have those of the instance.`,
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
  const about = "credentials that the endpoint takes";
  try {
    await cloud.token();
    const subject = (await subjectOf(connection, cloud)) ?? given;
    if (subject) return { subject, check: has(about, `They are of ${subject.type} ${subject.id}.`) };
  } catch (error) {
    const reason = `${failureText(error)}.`;
    if (isCallError(error) && !isUnauthenticated(error)) return { check: cannotTell(about, reason) };
    return {
      check: lacks(
        about,
        `${reason} There are none, they have expired, or they are of another region than ${endpoint}.`,
        "export YC_TOKEN=$(yc iam create-token)",
      ),
    };
  }
  return {
    check: cannotTell(
      about,
      "Whose they are no API tells. Give --subject, such as serviceAccount:<id> or userAccount:<id>.",
      "yc iam whoami",
    ),
  };
}

function looksAt(plan: Plan, view: CloudView, endpoint: string): Promise<readonly Check[]>[] {
  const organizationIds = plan.scopes.flatMap(({ type, id }) =>
    type === "organization-manager.organization" ? [id] : [],
  );
  const folderIds = [...new Set(plan.trails.map(({ folderId }) => folderId))];
  const bucketFolderIds = plan.existingBuckets.flatMap((bucket) => bucket.folderIds);
  const looks: Look[] = [
    ...plan.open.map((name): Look => [`what ${name} is made of`, async (about) => unknownYet(about)]),
    ...containersOf(plan).map(
      (one): Look => [`${called(one)} exists`, (about) => containerCheck(about, one, view, endpoint)],
    ),
    ...organizationIds.flatMap((id) =>
      folderIds.map(
        (folderId): Look => [
          `folder ${folderId} is in organization ${id}`,
          (about) => organizationCheck(about, folderId, id, view),
        ],
      ),
    ),
    ...plan.existingBuckets.map(
      (one): Look => [`bucket ${one.name} exists`, (about) => bucketChecks(about, one, view)],
    ),
    ...plan.keyIds.map((id): Look => [`key ${id} can be used`, (about) => keyCheck(about, id, view)]),
    ...plan.existingAccountIds.map(
      (id): Look => [`service account ${id} exists`, (about) => accountCheck(about, id, view)],
    ),
    ...rolesFor(plan, bucketFolderIds).map(
      (need): Look => [`role ${need.role} on ${called(need.on)}`, (about) => roleCheck(about, need, view)],
    ),
    ...policyChecks(plan, view),
    ...nameChecks(plan, view),
    ...quotaChecks(plan, view),
  ];
  return looks.map(looked);
}

const unknownYet = (about: string): Check =>
  cannotTell(about, "Something of it is not known before the update.");
