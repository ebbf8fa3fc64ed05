import { keyRoles, trailRoles } from "../../components/roles";
import type { Properties, Resource, Value } from "./engineJson";
import { type Grant, grantsIn } from "./grants";
import { type Kind, kinds, resourceTypes } from "./kinds";
import { isOfStack, type Reference, StackReferences } from "./references";
import { isOfReader, isOurs } from "./urn";
import { at, textOf } from "./values";

/** View of a stack's audit logs at one time. */
export class StackView extends StackReferences {
  /**
   * Returns the library's own resources of a kind, sorted. For accounts it adds the existing ones that its trails use, and leaves out
   * the accounts of readers.
   */
  all(kind: Kind): Resource[] {
    return this.once(`all ${kind}`, () => this.findAll(kind));
  }

  private findAll(kind: Kind): Resource[] {
    const own = this.ofKind(kind).filter(({ urn }) => isOurs(urn) && !isOfReader(urn));
    const existing = kind === "account" ? this.existingAccounts() : [];
    return [...own, ...existing].sort((one, other) => (one.urn < other.urn ? -1 : 1));
  }

  private existingAccounts(): Resource[] {
    return this.outside(
      "account",
      this.all("trail").map((trail) => this.accountOf(trail)),
    );
  }

  /** Returns resources for references to outside of the stack. Only their ids are known. */
  private outside(kind: Kind, references: readonly Reference[]): Resource[] {
    const ids = references.flatMap(({ urn, id }) => (urn === undefined && id !== undefined ? [id] : []));
    return [...new Set(ids)].map((id) => ({
      ...{ urn: id, id, type: resourceTypes[kind], outputs: {}, hooks: [], inputSources: {} },
      ...{ inputs: { bucket: id } as Properties, protect: false, retainOnDelete: true },
    }));
  }

  /** Returns the resources of a kind that the audit logs depend on: the library's own, and others that its trails use. */
  judged(kind: Kind): Resource[] {
    return this.once(`judged ${kind}`, () => this.findJudged(kind));
  }

  private findJudged(kind: Kind): Resource[] {
    const trails = this.all("trail");
    const used: Readonly<Record<Kind, () => readonly Reference[]>> = {
      trail: () => [],
      bucket: () => trails.map((trail) => this.bucketOf(trail)),
      key: () => [
        ...this.judged("bucket").flatMap((bucket) => this.keyOf(bucket) ?? []),
        ...Object.values(keyRoles).flatMap((role) => this.givenPlaces(role, "key")),
      ],
      account: () => trails.map((trail) => this.accountOf(trail)),
    };
    const references = used[kind]();
    const inStack = references.flatMap((reference) => this.inStack(reference) ?? []);
    const all = [
      ...this.all(kind).filter(isOfStack),
      ...inStack.filter(({ type }) => type === resourceTypes[kind]),
      ...this.outside(kind, references),
    ];
    return [...new Map(all.map((one) => [one.urn, one])).values()].sort((one, other) =>
      one.urn < other.urn ? -1 : 1,
    );
  }

  /** Returns the resources on which the library grants a role to its trails' accounts: trails use them. */
  private givenPlaces(role: string, onWhat: string): Reference[] {
    return this.grants()
      .filter((grant) => grant.role === role && grant.onWhat === onWhat && isOurs(grant.resource.urn))
      .map(({ on }) => on);
  }

  bucketOf(trail: Resource): Reference {
    const name = at(trail.inputs, "storageDestination", "bucketName");
    return this.reference(trail, "storageDestination", name, "bucket");
  }

  accountOf(trail: Resource): Reference {
    return this.reference(trail, "serviceAccountId", trail.inputs.serviceAccountId, "account");
  }

  /** Returns the key that encrypts a bucket; undefined if there is none. */
  keyOf(bucket: Resource): Reference | undefined {
    const encryption = bucket.inputs.serverSideEncryptionConfiguration;
    if (!encryption) return undefined;
    const keyId = at(
      bucket.inputs,
      ...["serverSideEncryptionConfiguration", "rule"],
      ...["applyServerSideEncryptionByDefault", "kmsMasterKeyId"],
    );
    return this.reference(bucket, "serverSideEncryptionConfiguration", keyId ?? encryption, "key");
  }

  /** Returns all grants in the stack, also those outside of this library. */
  grants(): readonly Grant[] {
    return this.once("grants", () =>
      [...this.resources.values()].flatMap((resource) => grantsIn(resource, this)),
    );
  }

  /** Checks whether a member of a grant is the given service account. */
  isMember(member: Reference, { urn, id }: Reference): boolean {
    return this.isSame(member, { urn, id: id && `serviceAccount:${id}` });
  }

  /** Returns the grants that a service account has. */
  grantsOf(account: Reference): Grant[] {
    return this.grants().filter((grant) => this.isFor(grant, account));
  }

  /** Checks whether a grant gives a role to an account. */
  isFor({ members }: Grant, account: Reference): boolean {
    return members.some((one) => this.isMember(one, account));
  }

  /** Returns the folders that hold the bucket, its key, the trail or its account. */
  folders(): Reference[] {
    return this.once("folders", () => this.findFolders());
  }

  private findFolders(): Reference[] {
    const all = kinds.flatMap((kind) =>
      this.judged(kind)
        .filter((resource) => isOfStack(resource) && resource.inputs.folderId !== undefined)
        .map((resource) => this.reference(resource, "folderId", resource.inputs.folderId, "folder")),
    );
    all.push(...this.givenPlaces(trailRoles.bucket, "folder"));
    return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
  }

  /** Returns the stack's credentials of a service account: keys, and identities of other systems. */
  credentialsOf(account: Reference): Resource[] {
    return [...this.resources.values()].filter(
      (resource) =>
        credential.test(resource.type) &&
        this.isSame(
          this.reference(resource, "serviceAccountId", resource.inputs.serviceAccountId, "account"),
          account,
        ),
    );
  }

  /** Returns the policy of a bucket as text, from the bucket itself or from a separate resource. */
  policyOf(bucket: Resource): Value | undefined {
    const own = bucket.inputs.policy;
    if (own) return own;
    return this.others(bucket).find(({ type }) => type === bucketPolicyType)?.inputs.policy;
  }

  /** Returns other resources that change a bucket: policies, ACL grants, objects. Roles are not among them. */
  others(bucket: Resource): Resource[] {
    const name = textOf(bucket.inputs.bucket);
    const of = { urn: isOfStack(bucket) ? this.identity(bucket.urn) : undefined, id: name };
    return [...this.resources.values()].filter(
      (resource) =>
        resource.urn !== bucket.urn &&
        /^yandex:index\/storage/.test(resource.type) &&
        !/Iam(Member|Binding|Policy)$/.test(resource.type) &&
        resource.inputs.bucket !== undefined &&
        // A second resource of the same bucket has the same name.
        (resource.inputs.bucket === name ||
          this.isSame(this.reference(resource, "bucket", resource.inputs.bucket, "bucket"), of)),
    );
  }
}

const credential =
  /^yandex:.*:(IamServiceAccount(Static(Access)?|Api)?Key|IamWorkloadIdentityFederatedCredential)$/;

export const bucketPolicyType = "yandex:index/storageBucketPolicy:StorageBucketPolicy";
