import type * as pulumi from "@pulumi/pulumi";
import { isShutOut, readBucket } from "../../api/buckets";
import type { CloudApi } from "../../api/connection";
import { findServiceAccount } from "../../api/serviceAccounts";
import { findTrail, type TrailParts } from "../../api/trails";
import { type Circumstances, type Failure, isDenied } from "./failures";
import { describeFault, isCertain } from "./faultSentences";
import { readLastState } from "./lastState";
import { heldBy } from "./outputs";
import { ownerIn } from "./ownership";
import { openCloudOf } from "./providerConnection";
import { findTrailFaults } from "./trailFaults";

/** Existing resource with the name of a planned resource. */
interface Namesake {
  readonly id: string;
  /** Other stack that owns the existing resource; absent if no other stack does. */
  readonly owner?: string;
  /** True if it carries the labels or the description of this stack. */
  readonly isOwn: boolean;
}

interface CloudChecks {
  readonly namesake?: (inputs: NamedInputs, cloud: CloudApi) => Promise<Namesake | undefined>;
  readonly denial?: (inputs: Failure["inputs"], cloud: CloudApi) => Promise<Circumstances>;
}

interface NamedInputs {
  readonly folderId: string;
  readonly name: string;
  readonly bucket: string;
}

const policyOf: CloudChecks["denial"] = async ({ bucket }, cloud) => {
  const { policy } = (await readBucket(String(bucket), cloud)) ?? {};
  if (!policy || !(await isShutOut(String(bucket), cloud))) return {};
  return { shutOutBy: administratorsIn(policy as Policy) };
};

/** Checks in the cloud, by the type of the failed resource. */
const checksByType: Readonly<Record<string, CloudChecks>> = {
  "yandex:index/auditTrailsTrail:AuditTrailsTrail": {
    namesake: async ({ folderId, name }, cloud) => {
      const trail = await findTrail(folderId, name, cloud);
      return trail && { id: trail.id, ...ownerIn(trail.labels) };
    },
    denial: async (inputs, cloud) => {
      const parts = partsOfInputs(inputs as unknown as TrailInputs);
      const faults = await findTrailFaults(parts, cloud);
      const describe = (certain: boolean) =>
        faults.filter((fault) => isCertain(fault) === certain).map((fault) => describeFault(fault, parts));
      return { wrong: describe(true), suspect: describe(false) };
    },
  },
  "yandex:index/iamServiceAccount:IamServiceAccount": {
    namesake: async ({ folderId, name }, cloud) => {
      const account = await findServiceAccount(folderId, name, cloud);
      return account && { id: account.id, ...ownerIn({}, account.description) };
    },
  },
  "yandex:index/storageBucket:StorageBucket": {
    namesake: async ({ folderId, bucket: name }, cloud) => {
      const bucket = await readBucket(name, cloud);
      if (bucket?.folderId !== folderId) return undefined;
      const tags = Object.fromEntries(bucket.tags.map(({ key, value }) => [key, value]));
      return { id: name, ...ownerIn(tags) };
    },
    denial: policyOf,
  },
  "yandex:index/storageBucketPolicy:StorageBucketPolicy": { denial: policyOf },
};

/**
 * Finds the resource with a given type and name in a folder.
 *
 * @throws {ServiceError} if the call fails.
 */
export const findNamesake = async (
  type: string,
  { folderId, name }: Omit<NamedInputs, "bucket">,
  cloud: CloudApi,
): Promise<Namesake | undefined> => checksByType[type]?.namesake?.({ folderId, name, bucket: name }, cloud);

/** Collects facts from the cloud about a failed operation. Checks that fail are left out of the explanation. */
export async function readCircumstances(
  component: pulumi.Resource,
  { type, name, operation, inputs, error }: Failure,
  urn: string,
): Promise<Circumstances> {
  const { namesake, denial } = checksByType[type] ?? {};
  if (operation === "delete") return {};
  const found = async <T>(check: ((cloud: CloudApi) => Promise<T>) | undefined): Promise<T | undefined> =>
    check &&
    openCloudOf(component)
      .then(check)
      .catch(() => undefined);
  const [circumstances, taken] = await Promise.all([
    found(isDenied(error) && denial ? (cloud) => denial(inputs, cloud) : undefined),
    found(
      operation === "create" && namesake
        ? async (cloud) => {
            const taken = await namesake(inputs as unknown as NamedInputs, cloud);
            // During a replacement, the old resource still has the name of the new one.
            return taken && !(urn in (await readLastState())) ? taken : undefined;
          }
        : undefined,
    ),
  ]);
  return {
    ...circumstances,
    namesake: taken && {
      owner: taken.owner,
      takeIn: await importCommand(component, type, name, taken.id),
    },
  };
}

/** Returns the command that imports an existing resource into the stack as the component's child. */
async function importCommand(
  component: pulumi.Resource,
  type: string,
  name: string,
  id: string,
): Promise<string> {
  const provider = component.getProvider(type);
  const options = [
    ["--parent", component],
    ["--provider", provider],
  ] as const;
  const named = options.map(async ([option, resource]) =>
    resource ? ` ${option} '${option.slice(2)}=${await heldBy(resource.urn)}'` : "",
  );
  return `pulumi import ${type} ${name} ${id}${(await Promise.all(named)).join("")} --generate-code=false --yes`;
}

interface Policy {
  readonly Statement?: readonly {
    readonly Effect: string;
    readonly Principal?: { readonly CanonicalUser?: readonly string[] };
    readonly Action?: string | readonly string[];
  }[];
}

/** Returns the accounts that a policy allows every action. */
const administratorsIn = ({ Statement = [] }: Policy): string[] =>
  Statement.filter(({ Effect, Action }) => Effect === "Allow" && [Action].flat().includes("s3:*")).flatMap(
    ({ Principal }) => Principal?.CanonicalUser ?? [],
  );

interface FilterInputs {
  readonly resourceScopes?: readonly { readonly resourceId: string; readonly resourceType: string }[];
}

interface TrailInputs {
  readonly serviceAccountId: string;
  readonly storageDestination: { readonly bucketName: string };
  readonly filteringPolicy?: {
    readonly managementEventsFilter?: FilterInputs;
    readonly dataEventsFilters?: readonly FilterInputs[];
  };
}

function partsOfInputs({ serviceAccountId, storageDestination, filteringPolicy }: TrailInputs): TrailParts {
  const { managementEventsFilter, dataEventsFilters = [] } = filteringPolicy ?? {};
  const scopes = [managementEventsFilter, ...dataEventsFilters].flatMap(
    (filter) => filter?.resourceScopes ?? [],
  );
  return {
    serviceAccountId,
    scopes: scopes.map(({ resourceId: id, resourceType: type }) => ({ id, type })),
    bucketName: storageDestination.bucketName,
  };
}
