import { isBucketNameTaken } from "../../api/buckets";
import { isForbidden, unlessCloudFails } from "../../api/failures";
import { folderIdsIn } from "../../api/hierarchy";
import { readQuota } from "../../api/quotas";
import { findServiceAccount } from "../../api/serviceAccounts";
import { findTrail } from "../../api/trails";
import { place } from "../../components/places";
import { notChecked, unread } from "./access";
import { type Check, ok, type PlannedCheck, problem, unknown } from "./check";
import type { CloudView } from "./cloudView";
import type { Plan, PlannedPart } from "./plan";
import { word } from "./word";

/** Returns checks whether the names of new resources are free. */
export function nameChecks({ buckets, accounts, trails }: Plan, view: CloudView): PlannedCheck[] {
  const fresh = (all: readonly PlannedPart[]) => all.filter(({ isNew }) => isNew);
  return [
    ...fresh(buckets).map(
      ({ name }): PlannedCheck => [`bucket name ${name}`, (about) => bucketName(about, name, view)],
    ),
    ...fresh(accounts).map(
      (account): PlannedCheck => [
        `service account name ${account.name}`,
        (about) => accountName(about, account, view),
      ],
    ),
    ...fresh(trails).map(
      (trail): PlannedCheck => [
        `trail name ${trail.name} in folder ${trail.folderId}`,
        (about) => trailName(about, trail, view),
      ],
    ),
  ];
}

async function bucketName(about: string, name: string, view: CloudView): Promise<Check> {
  if (!(await isBucketNameTaken(name, view.cloud))) return ok(about);
  const folderId = (await unlessCloudFails(view.bucket(name), () => undefined))?.folderId;
  return problem(
    about,
    folderId
      ? `It is taken by a bucket in folder ${folderId}. Choose another name, or use the bucket as an existing one.`
      : "It is taken by a bucket that you may not read: names are unique in the whole service. Choose another name.",
    folderId
      ? `pulumi config set bucketFolderId ${word(folderId)}`
      : "pulumi config set bucketName <another name>",
  );
}

async function accountName(about: string, { name, folderId }: PlannedPart, view: CloudView): Promise<Check> {
  const cloudId = (await view.container(place("folder", folderId)))?.parentId;
  if (!cloudId) return unknown(about, notChecked(place("folder", folderId)));
  const [isReadable, folderIds] = await Promise.all([
    unlessCloudFails(view.container(place("cloud", cloudId)).then(Boolean), () => false),
    folderIdsIn(cloudId, view.cloud),
  ]);
  const found = await Promise.all(
    [...new Set([folderId, ...folderIds])].map((id) => findServiceAccount(id, name, view.cloud)),
  );
  const taken = found.find((account) => account);
  if (!taken && isReadable) return ok(about);
  // Without permission to read the cloud, some of its folders may be hidden. An account in one of them may have the name.
  if (!taken) return unread(about, place("cloud", cloudId), view);
  return problem(
    about,
    `It is taken by service account ${taken.id} in folder ${taken.folderId}. Choose another name, or use that account.`,
    `pulumi config set serviceAccountId ${word(taken.id)}`,
  );
}

async function trailName(about: string, { name, folderId }: PlannedPart, view: CloudView): Promise<Check> {
  if (await view.isMissing(place("folder", folderId)))
    return unknown(about, notChecked(place("folder", folderId)));
  const taken = await findTrail(folderId, name, view.cloud);
  if (!taken) return ok(about);
  return problem(
    about,
    `It is taken by trail ${taken.id}. Choose another name.`,
    "pulumi config set --path trails.organization.name <another name>",
  );
}

/** Counted resources, with the ids of their quotas: the limits page of each service. */
const quotas = [
  { id: "audit-trails.trails.count", noun: "trail", of: (plan: Plan) => plan.trails },
  { id: "storage.buckets.count", noun: "bucket", of: (plan: Plan) => plan.buckets },
  { id: "iam.serviceAccounts.count", noun: "service account", of: (plan: Plan) => plan.accounts },
];

/** Returns checks whether the clouds have quota for the new resources. */
export function quotaChecks(plan: Plan, view: CloudView): PlannedCheck[] {
  return quotas.flatMap(({ id, noun, of }) => {
    const fresh = of(plan).filter(({ isNew }) => isNew);
    if (fresh.length === 0) return [];
    return [
      [
        `room for ${fresh.length} more ${noun}${fresh.length > 1 ? "s" : ""}`,
        (about) => quota(about, id, noun, fresh, view),
      ],
    ] as PlannedCheck[];
  });
}

async function quota(
  about: string,
  quotaId: string,
  noun: string,
  fresh: readonly PlannedPart[],
  view: CloudView,
): Promise<Check> {
  const clouds = await Promise.all(
    fresh.map(async ({ folderId }) => (await view.container(place("folder", folderId)))?.parentId),
  );
  const stray = fresh.find((_made, i) => clouds[i] === undefined);
  if (stray) return unknown(about, notChecked(place("folder", stray.folderId)));
  const counts = new Map<string, number>();
  for (const id of clouds) if (id) counts.set(id, (counts.get(id) ?? 0) + 1);
  const checks = await Promise.all(
    [...counts].map(async ([cloudId, count]): Promise<Check> => {
      const on = place("cloud", cloudId);
      const found = await readQuota(cloudId, quotaId, view.cloud).catch((error: unknown) => {
        if (isForbidden(error)) return unread(about, on, view);
        throw error;
      });
      if (found && "answer" in found) return found;
      if (!found)
        return unknown(about, `The service does not report the quota ${quotaId} of cloud ${cloudId}.`);
      const { limit, usage } = found;
      const state = `Cloud ${cloudId} has ${usage} of ${limit} ${noun}s.`;
      if (usage + count <= limit) return ok(about, state);
      return problem(
        about,
        state,
        `yc quota-manager quota-request create --resource-id ${word(cloudId)} --resource-type resource-manager.cloud ` +
          `--desired-limit quota-id=${quotaId},value=${usage + count}`,
      );
    }),
  );
  return checks.find(({ answer }) => answer !== "ok") ?? checks[0] ?? unknown(about, "There is no cloud.");
}
