import type * as pulumi from "@pulumi/pulumi";
import type { CloudApi } from "../../api/connection";
import { findTrailFaults } from "../../api/trailFaults";
import type { TrailParts } from "../../api/trails";
import { trailRoles } from "../roles";
import { openCloudOf } from "./connection";
import { type Circumstances, type Failure, isDenied } from "./failures";
import { describeFault, isCertain } from "./trailFaults";

type Look = (failure: Failure, cloud: CloudApi) => Promise<Circumstances>;

const looks: Readonly<Record<string, Look>> = {
  "yandex:index/auditTrailsTrail:AuditTrailsTrail": async (failure, cloud) => {
    if (!isDenied(failure)) return {};
    const parts = partsOfInputs(failure.inputs as unknown as TrailInputs);
    const faults = await findTrailFaults(parts, trailRoles, cloud);
    const describe = (certain: boolean) =>
      faults.filter((fault) => isCertain(fault) === certain).map((fault) => describeFault(fault, parts));
    return { wrong: describe(true), suspect: describe(false) };
  },
};

/** What the cloud says about a failed operation. A look that fails says nothing: the failure is explained without it. */
export async function lookAround(component: pulumi.Resource, failure: Failure): Promise<Circumstances> {
  const look = looks[failure.type];
  if (!look || failure.operation === "delete") return {};
  try {
    return await look(failure, await openCloudOf(component));
  } catch {
    return {};
  }
}

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
