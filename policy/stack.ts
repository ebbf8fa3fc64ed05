import type { PolicyResource, StackValidationArgs } from "@pulumi/policy";
import { at, isText, isUnknown, type Properties, readAll } from "./values";

/** Resource in its state after the update. */
export interface Resource {
  readonly urn: string;
  /** Type such as `StorageBucket`; empty for resources of other providers. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly properties: Properties;
  readonly protect: boolean;
  readonly deleteBeforeReplace: boolean;
  /** URNs of the resource and of the components that contain it. */
  readonly lineage: readonly string[];
  /** URNs of the resources from which a property gets its value, by the property's name. */
  readonly givers: Readonly<Record<string, readonly string[]>>;
}

/** Checks whether a property of a resource gets its value from another resource, or from a component around that one. */
const gave = (giver: Resource, other: Resource, property: string): boolean =>
  giver.lineage.some((urn) => other.givers[property]?.includes(urn));

/** Resource that a property names: in the stack, outside of it, not given, or unknown before the update. */
export type Found =
  | { readonly kind: "in the stack"; readonly resource: Resource }
  | { readonly kind: "outside"; readonly id: string }
  | { readonly kind: "none" }
  | { readonly kind: "unknown" };

/** Kinds of resources that belong to trails: their type, and the properties that name them. */
export const kinds = {
  trail: { type: "AuditTrailsTrail", ids: ["auditTrailsTrailId", "trailId"] },
  bucket: { type: "StorageBucket", ids: ["bucket", "storageBucketId"] },
  key: { type: "KmsSymmetricKey", ids: ["kmsSymmetricKeyId", "symmetricKeyId"] },
  account: { type: "IamServiceAccount", ids: ["iamServiceAccountId", "serviceAccountId"] },
} as const;

export type Kind = keyof typeof kinds;

/** Returns the names of a resource that a configuration may use: logical name, name in the cloud, id. */
export function namesOf(resource: Resource): string[] {
  const { properties } = resource;
  const kind = Object.values(kinds).find(({ type }) => type === resource.type);
  const ids = (kind?.ids ?? []).map((id) => properties[id]);
  return [resource.name, properties.name, ...ids].filter(isText);
}

const encryption = "serverSideEncryptionConfiguration";

/** Path of the key in a bucket's encryption. */
export const keyIdPath = `${encryption}.rule.applyServerSideEncryptionByDefault.kmsMasterKeyId`;

/** Trail with the resources that it uses. */
export interface Trail {
  readonly resource: Resource;
  readonly bucket: Found;
  readonly account: Found;
  /** Key of the bucket, if the bucket is in the stack. */
  readonly key: Found;
}

/** Stack in its state after the update. */
export class Stack {
  readonly trails: readonly Trail[];

  constructor(readonly resources: readonly Resource[]) {
    this.trails = this.ofType(kinds.trail.type).map((resource) => {
      const bucket = this.find("bucket", resource, "storageDestination.bucketName");
      return {
        resource,
        bucket,
        account: this.find("account", resource, "serviceAccountId"),
        key: bucket.kind === "in the stack" ? this.find("key", bucket.resource, keyIdPath) : { kind: "none" },
      };
    });
  }

  /** Reads the stack from the engine's arguments. */
  static of({ resources }: Pick<StackValidationArgs, "resources">): Stack {
    return new Stack(resources.map(readResource));
  }

  ofType(type: string): Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /**
   * Finds the resource that a property names. In a first deployment no id is known. In that case it searches among the
   * resources from which the property gets its value.
   */
  find(kind: Kind, from: Resource, path: string): Found {
    const value = at(from.properties, path);
    const [property = ""] = path.split(".");
    if (isUnknown(value)) {
      const resource = this.giverOf(kind, from, property);
      return resource ? { kind: "in the stack", resource } : { kind: "unknown" };
    }
    if (!isText(value)) return { kind: "none" };
    const named = this.ofType(kinds[kind].type).find(({ properties }) =>
      kinds[kind].ids.some((id) => properties[id] === value),
    );
    return named ? { kind: "in the stack", resource: named } : { kind: "outside", id: value };
  }

  /**
   * Returns the one resource of a kind from which a property gets its value; undefined if there is none, or more than
   * one.
   */
  giverOf(kind: Kind, from: Resource, property: string): Resource | undefined {
    const [giver, ...others] = this.ofType(kinds[kind].type).filter((each) => gave(each, from, property));
    return others.length === 0 ? giver : undefined;
  }

  /** Returns the trails' buckets, keys or accounts that are in the stack, each with its trails. */
  used(kind: Exclude<Kind, "trail">): { readonly resource: Resource; readonly trails: readonly Trail[] }[] {
    return this.ofType(kinds[kind].type)
      .map((resource) => ({
        resource,
        trails: this.trails.filter((trail) => {
          const found = trail[kind];
          return found.kind === "in the stack" && found.resource === resource;
        }),
      }))
      .filter(({ trails }) => trails.length > 0);
  }
}

/** Types for which the provider sets many properties that a program leaves out. */
const fillsIn = /^(StorageBucket(?!Iam)|KmsSymmetricKey$)/;

/** Returns `StorageBucket` for `yandex:index/storageBucket:StorageBucket`. */
const typeOf = (token: string): string => /^yandex:.*:(\w+)$/.exec(token)?.[1] ?? "";

function readResource({
  urn,
  type,
  name,
  props,
  opts,
  parent,
  propertyDependencies,
}: PolicyResource): Resource {
  const lineage = [urn];
  for (let above = parent; above; above = above.parent) lineage.push(above.urn);
  const givers = Object.entries(propertyDependencies).map(([property, resources]) => [
    property,
    resources.map((giver) => giver.urn),
  ]);
  return {
    urn,
    name,
    type: typeOf(type),
    properties: readAll(
      props,
      (property) => !fillsIn.test(typeOf(type)) || (propertyDependencies[property] ?? []).length > 0,
    ),
    protect: opts.protect,
    deleteBeforeReplace: opts.deleteBeforeReplace === true,
    lineage,
    givers: Object.fromEntries(givers),
  };
}
