import type { FilteringPolicy, LegacyFilter } from "./trailFilters";

/** A trail as the vendor's message: https://yandex.cloud/en/docs/audit-trails/api-ref/grpc/Trail/get */
export interface Trail {
  readonly id: string;
  readonly folderId: string;
  readonly cloudId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly name: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly destination?: {
    readonly objectStorage?: { readonly bucketId: string; readonly objectPrefix: string };
    readonly cloudLogging?: object;
    readonly dataStream?: object;
    readonly eventrouter?: object;
  };
  readonly serviceAccountId: string;
  readonly status: "ACTIVE" | "ERROR";
  readonly statusErrorMessage: string;
  readonly filteringPolicy?: FilteringPolicy;
  /** Deprecated filter, which old clients send. */
  readonly filter?: LegacyFilter;
}
