import {
  type Answer,
  chosenRoles,
  keyRoles,
  meets,
  type RoleNeed,
  type RolesArgs,
  rolesNeeded,
  trailRoles,
} from "../../components/roles";
import { collectedBy } from "./collected";
import { Hidden, type Properties, type Resource, type Value } from "./engineJson";
import { type Kind, kinds, resourceTypes } from "./kinds";
import { parsedJson } from "./ownPolicy";
import { isOfReader, isOurs } from "./urn";
import { at, listOf, textOf } from "./values";

/** The resources of a stack at one time, by URN. */
export type Resources = ReadonlyMap<string, Resource>;

/** A reference to a resource: of the stack, outside of it, or not known before the update. */
export interface Reference {
  /** URN of a resource of the stack. */
  readonly urn?: string;
  readonly id?: string;
}

/** A role that members have on a resource. */
export interface Grant {
  readonly resource: Resource;
  readonly role: string;
  /** Resource that the role is granted on. */
  readonly on: Reference;
  readonly onWhat: string;
  /** Members with the role: ids such as `serviceAccount:<id>`, or service accounts of the stack. */
  readonly members: readonly Reference[];
  /** True if only these members have the role there: by a binding. */
  readonly isExclusive: boolean;
  /** True if only members in this resource have any role there: by a policy of the whole folder, for example. */
  readonly isWhole: boolean;
}

/** A resource that a role is granted on. */
interface Place extends Pick<Grant, "on" | "onWhat"> {}

/** A role that a trail's service account needs. */
export type Need = RoleNeed<Place>;

/** Inputs that name the resource of a role, and the noun for each. */
const grantedOn: Readonly<Record<string, string>> = {
  organizationId: "organization",
  cloudId: "cloud",
  folderId: "folder",
  symmetricKeyId: "key",
  bucket: "bucket",
  serviceAccountId: "service account",
};

/** Types that a reference may point to. */
const referable = {
  ...resourceTypes,
  folder: "yandex:index/resourcemanagerFolder:ResourcemanagerFolder",
  cloud: "yandex:index/resourcemanagerCloud:ResourcemanagerCloud",
  organization: "yandex:index/organizationmanagerOrganization:OrganizationmanagerOrganization",
} as const;

type Referable = keyof typeof referable;

/** View of a stack's audit logs at one time. */
export class StackView {
  private readonly found = new Map<string, unknown>();

  /** @param renamed Old URNs of resources, by their URNs in this view. */
  constructor(
    private readonly resources: Resources,
    private readonly renamed: ReadonlyMap<string, string> = new Map(),
  ) {}

  /** Returns a cached result. The resources of a view never change. */
  private once<T>(what: string, find: () => T): T {
    if (!this.found.has(what)) this.found.set(what, find());
    return this.found.get(what) as T;
  }

  /**
   * Returns the library's own resources of a kind, sorted. For accounts it adds the existing ones that its trails use, and leaves out
   * the accounts of readers.
   */
  all(kind: Kind): Resource[] {
    return this.once(`all ${kind}`, () => this.findAll(kind));
  }

  private findAll(kind: Kind): Resource[] {
    const own = [...this.resources.values()].filter(
      ({ type, urn }) => type === resourceTypes[kind] && isOurs(urn) && !isOfReader(urn),
    );
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

  /** Returns the URN that a resource had before a rename. */
  identity(urn: string): string {
    return this.renamed.get(urn) ?? urn;
  }

  isSame(one: Reference, other: Reference): boolean {
    if (one.urn && other.urn) return one.urn === other.urn;
    return one.id !== undefined && one.id === other.id;
  }

  /** Returns the reference in an input of a resource. */
  reference(owner: Resource, input: string, value: Value | undefined, kind: Referable): Reference {
    const ofKind = (urn: string) => this.resources.get(urn)?.type === referable[kind];
    if (typeof value === "string") {
      const named = this.named(kind).get(value);
      return { urn: named && this.identity(named.urn), id: value };
    }
    const sources = (owner.inputSources[input] ?? []).filter(ofKind);
    return sources.length === 1 && sources[0] ? { urn: this.identity(sources[0]) } : {};
  }

  /** Returns the resources of a kind by id, and buckets also by name. */
  private named(kind: Referable): ReadonlyMap<string, Resource> {
    return this.once(`named ${kind}`, () => {
      const ofKind = [...this.resources.values()].filter(({ type }) => type === referable[kind]).reverse();
      return new Map(
        ofKind.flatMap((resource) => [
          ...(resource.id === undefined ? [] : [[resource.id, resource] as const]),
          ...(kind === "bucket" && typeof resource.inputs.bucket === "string"
            ? [[resource.inputs.bucket, resource] as const]
            : []),
        ]),
      );
    });
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
      [...this.resources.values()].flatMap((resource) => this.grantsIn(resource)),
    );
  }

  private grantsIn(resource: Resource): Grant[] {
    const { inputs, type } = resource;
    const by = /Iam(Member|Binding|Policy)$/.exec(type)?.[1];
    if (!by || !type.startsWith("yandex:")) return [];
    const onInput = Object.keys(grantedOn).find((name) => inputs[name] !== undefined);
    const onWhat = onInput && grantedOn[onInput];
    if (!onInput || !onWhat) return [];
    const kind = onWhat === "service account" ? "account" : (onWhat as Referable);
    const place = { resource, on: this.reference(resource, onInput, inputs[onInput], kind), onWhat };
    const grant = (
      role: Value | undefined,
      input: string,
      members: readonly (Value | undefined)[],
    ): Grant => ({
      ...place,
      role: typeof role === "string" ? role : "a role that is not known before the update",
      members: members.map((member) => this.memberOf(resource, input, member)),
      isExclusive: by !== "Member",
      isWhole: by === "Policy",
    });
    if (by === "Member") return [grant(inputs.role, "member", [inputs.member])];
    if (by === "Binding") return [grant(inputs.role, "members", listOf(inputs.members))];
    const bindings = at(parsedJson(textOf(inputs.policyData) ?? ""), "bindings");
    // The bindings of this policy are not known yet.
    if (bindings === undefined) return [grant(undefined, "policyData", [unknown])];
    const all = listOf(bindings).map((one) =>
      grant(at(one, "role"), "policyData", listOf(at(one, "members"))),
    );
    return all.length > 0 ? all : [grant("no role", "policyData", [])];
  }

  private memberOf(grant: Resource, input: string, member: Value | undefined): Reference {
    if (typeof member !== "string") return this.reference(grant, input, member, "account");
    const id = /^serviceAccount:(.+)$/.exec(member)?.[1];
    if (id === undefined) return { id: member };
    return { urn: this.reference(grant, input, id, "account").urn, id: member };
  }

  /** Checks whether a member of a grant is the given service account. */
  isMember(member: Reference, { urn, id }: Reference): boolean {
    return this.isSame(member, { urn, id: id && `serviceAccount:${id}` });
  }

  /** Returns the grants that a service account has. */
  grantsOf(account: Reference): Grant[] {
    return this.grants().filter((grant) => this.isFor(grant, account));
  }

  private isFor({ members }: Grant, account: Reference): boolean {
    return members.some((one) => this.isMember(one, account));
  }

  /** Returns the grant that takes a role away from an account by giving it to others alone. */
  takenBy(role: string, on: Reference, account: Reference): Grant | undefined {
    const there = this.grants().filter((grant) => grant.isExclusive && this.isSame(grant.on, on));
    return there.find(({ resource, isWhole, role: only }) => {
      if (!isWhole && only !== role) return false;
      const given = there.filter((one) => one.resource === resource && one.role === role);
      return !given.some((one) => this.isFor(one, account));
    });
  }

  /** Returns the choice of roles that the library made for a trail's account. */
  rolesChosen(trail: Resource): RolesArgs {
    const granted = this.grantsOf(this.accountOf(trail)).filter(({ resource }) => isOurs(resource.urn));
    return chosenRoles(
      granted.map(({ role, onWhat }) => ({
        role,
        on: onWhat === "bucket" || onWhat === "key" ? onWhat : "other",
      })),
    );
  }

  /** Returns the roles that the trail's service account needs. */
  needsOf(trail: Resource): Need[] {
    const scopes = collectedBy(trail).map(({ scope = "" }) => scope.split(" "));
    const bucket = this.bucketOf(trail);
    const inStack = this.inStack(bucket);
    const key = inStack && this.keyOf(inStack);
    const folder = { id: textOf(inStack?.inputs.folderId) };
    return rolesNeeded<Place>(
      {
        scopes: scopes.filter(([, id]) => id).map(([onWhat = "", id]) => ({ on: { id }, onWhat })),
        buckets: [
          {
            folder: { on: folder, onWhat: "folder" },
            bucket: isOpen(bucket) ? undefined : { on: bucket, onWhat: "bucket" },
          },
        ],
        keys: key ? [{ on: key, onWhat: "key" }] : [],
      },
      this.rolesChosen(trail),
    );
  }

  /** Checks whether an account has a needed role. */
  isMet(need: Need, account: Reference): Answer {
    const answers = this.grantsOf(account)
      .filter((grant) => !this.takenBy(grant.role, grant.on, account))
      .map((grant) => both(meets(grant.role, need), this.reaches(grant, need)));
    return answers.includes("yes") ? "yes" : answers.includes("unknown") ? "unknown" : "no";
  }

  /** Checks whether a grant covers one of the places of a need. */
  private reaches(grant: Grant, need: Need): Answer {
    if (grant.onWhat === "organization" || this.isOnPlaceOf(grant, need)) return "yes";
    const folders = need.on.filter(({ onWhat }) => onWhat === "folder").map(({ on }) => on);
    return grant.onWhat === "cloud" ? this.holds(grant.on, folders) : "no";
  }

  /** Checks whether a grant is on a place of the need. If the place is unknown, any resource of its kind counts. */
  isOnPlaceOf(grant: Grant, need: Need): boolean {
    return need.on.some(
      ({ on, onWhat }) => this.isSame(grant.on, on) || (grant.onWhat === onWhat && isOpen(on)),
    );
  }

  /** Checks whether a cloud holds one of some folders. The stack only knows the clouds of its own folders. */
  holds(cloud: Reference, folders: readonly Reference[]): Answer {
    const answers = folders.map((folder): Answer => {
      const made = [...this.resources.values()].find(
        ({ type, urn, id }) =>
          type === referable.folder && this.isSame({ urn: this.identity(urn), id }, folder),
      );
      const of = made && this.reference(made, "cloudId", made.inputs.cloudId, "cloud");
      if (!of || isOpen(of) || isOpen(cloud)) return "unknown";
      return this.isSame(of, cloud) ? "yes" : "no";
    });
    return answers.includes("yes") ? "yes" : answers.includes("unknown") ? "unknown" : "no";
  }

  /** Checks whether a trail collects events of an organization. Then its account and the logs are in it too. */
  collectsOf(organization: Reference): boolean {
    const scopes = this.all("trail").flatMap((trail) => collectedBy(trail).map(({ scope }) => scope));
    return organization.id !== undefined && scopes.includes(`organization ${organization.id}`);
  }

  /** Checks whether a resource is a folder or a cloud that holds the bucket, its key, the trail or its account. */
  isHome({ type, urn, id }: Resource): boolean {
    const reference = { urn: this.identity(urn), id };
    if (type === referable.folder) return this.folders().some((folder) => this.isSame(folder, reference));
    return type === referable.cloud && this.holds(reference, this.folders()) === "yes";
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

  inStack({ urn }: Reference): Resource | undefined {
    if (urn === undefined) return undefined;
    const byIdentity = this.once(
      "identities",
      () => new Map([...this.resources.values()].map((one) => [this.identity(one.urn), one] as const)),
    );
    return byIdentity.get(urn);
  }

  /** Returns the components around a resource, nearest first. */
  componentsOf({ parent }: Resource): Resource[] {
    const component = parent === undefined ? undefined : this.resources.get(parent);
    return component ? [component, ...this.componentsOf(component)] : [];
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

const unknown = new Hidden("unknown");

const both = (one: Answer, other: Answer): Answer =>
  one === "no" || other === "no" ? "no" : one === "unknown" ? one : other;

/** Checks whether a resource belongs to the stack. */
export const isOfStack = ({ urn }: Resource): boolean => urn.startsWith("urn:");

/** Checks whether the target of a reference is unknown. */
export const isOpen = ({ urn, id }: Reference): boolean => urn === undefined && id === undefined;
