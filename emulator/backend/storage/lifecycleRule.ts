/** A lifecycle rule as the vendor's message: https://yandex.cloud/en/docs/storage/concepts/lifecycles. Dates are ISO text. */
export interface LifecycleRule {
  readonly id?: string;
  readonly enabled: boolean;
  readonly filter?: LifecycleFilter & {
    readonly tag?: Tag;
    readonly andOperator?: LifecycleFilter & { readonly tag?: readonly Tag[] };
  };
  readonly expiration?: {
    readonly date?: string;
    readonly days?: number;
    readonly expiredObjectDeleteMarker?: boolean;
  };
  readonly transitions?: readonly {
    readonly date?: string;
    readonly days?: number;
    readonly storageClass: string;
  }[];
  /** Days after the beginning of an upload, under the vendor's name. */
  readonly abortIncompleteMultipartUpload?: { readonly daysAfterExpiration?: number };
  readonly noncurrentExpiration?: Noncurrent;
  readonly noncurrentTransitions?: readonly (Noncurrent & { readonly storageClass: string })[];
}

export interface Noncurrent {
  readonly noncurrentDays?: number;
  /** Number of newest old versions that are kept; only S3 has this field. */
  readonly newerNoncurrentVersions?: number;
}

export interface LifecycleFilter {
  readonly prefix?: string;
  readonly objectSizeGreaterThan?: number;
  readonly objectSizeLessThan?: number;
}

interface Tag {
  readonly key: string;
  readonly value: string;
}
