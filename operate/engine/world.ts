import { bucketPolicyOf } from "../../components/bucket/policy";
import { type Answer, meets, type RoleNeed, rolesNeeded, trailRoles } from "../../components/roles";
import { allEvents, type Collected, type EventTypes } from "./events";
import { Hidden, type Properties, type Resource, type Value } from "./json";
import { isOfReader, isOurs } from "./urn";

/** The resources of a stack at one time, by URN. */
export type Resources = ReadonlyMap<string, Resource>;

export const resourceTypes = {
  trail: "yandex:index/auditTrailsTrail:AuditTrailsTrail",
  bucket: "yandex:index/storageBucket:StorageBucket",
  key: "yandex:index/kmsSymmetricKey:KmsSymmetricKey",
  account: "yandex:index/iamServiceAccount:IamServiceAccount",
} as const;

export type Kind = keyof typeof resourceTypes;

const kinds = Object.keys(resourceTypes) as readonly Kind[];

/** Which kind a resource is of; nothing for another one. */
export const kindOf = ({ type }: Pick<Resource, "type">): Kind | undefined =>
  kinds.find((kind) => resourceTypes[kind] === type);

/** What the vendor calls the kinds. */
export const kindTitles: Readonly<Record<Kind, string>> = {
  trail: "trail",
  account: "service account",
  bucket: "bucket",
  key: "KMS key",
};

/** A resource that something names: one of the stack, one outside of it, or one that is not known before the update. */
export interface Reference {
  /** URN of a resource of the stack. */
  readonly urn?: string;
  readonly id?: string;
}

/** A role that somebody has on something. */
export interface Grant {
  readonly resource: Resource;
  readonly role: string;
  /** What the role is on. */
  readonly on: Reference;
  readonly onWhat: string;
  /** Who has it: ids such as `serviceAccount:<id>`, or a service account of the stack. */
  readonly members: readonly Reference[];
  /** Whether nobody but the members has the role there: by a binding. */
  readonly isExclusive: boolean;
  /** Whether nobody has a role there but who is named in the same resource: by a policy of the whole folder, for example. */
  readonly isWhole: boolean;
}

/** Who may do what with a bucket, as its policy says. */
export interface Access {
  readonly uploaders: readonly string[];
  readonly administrators: readonly string[];
  readonly readers: readonly string[];
  readonly denyDelete: boolean;
  readonly tlsOnly: boolean;
}

/** Something that a role is on. */
interface Place extends Pick<Grant, "on" | "onWhat"> {}

/** What a trail's service account must have for the trail to work. */
export type Need = RoleNeed<Place>;

/** The input that says what a role is on, and what that is called. */
const grantedOn: Readonly<Record<string, string>> = {
  organizationId: "organization",
  cloudId: "cloud",
  folderId: "folder",
  symmetricKeyId: "key",
  bucket: "bucket",
  serviceAccountId: "service account",
};

/** What a reference may be to. */
const referable = {
  ...resourceTypes,
  folder: "yandex:index/resourcemanagerFolder:ResourcemanagerFolder",
  cloud: "yandex:index/resourcemanagerCloud:ResourcemanagerCloud",
  organization: "yandex:index/organizationmanagerOrganization:OrganizationmanagerOrganization",
} as const;

type Referable = keyof typeof referable;

/** What people call the scopes, by their type. */
export const scopeNames: Readonly<Record<string, string>> = {
  "organization-manager.organization": "organization",
  "resource-manager.cloud": "cloud",
  "resource-manager.folder": "folder",
};

/** A stack at one time, as far as audit logs are concerned. */
export class World {
  private readonly found = new Map<string, unknown>();

  /** @param renamed URNs that resources had before, by those that they have in this world. */
  constructor(
    private readonly resources: Resources,
    private readonly renamed: ReadonlyMap<string, string> = new Map(),
  ) {}

  /** What was found out before: the resources stay the same. */
  private once<T>(what: string, find: () => T): T {
    if (!this.found.has(what)) this.found.set(what, find());
    return this.found.get(what) as T;
  }

  /** The library's own resources of a kind, sorted, and the existing accounts that its trails use. Accounts of readers are no trail's. */
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

  /** What is known of resources that are not of the stack. */
  private outside(kind: Kind, references: readonly Reference[]): Resource[] {
    const ids = references.flatMap(({ urn, id }) => (urn === undefined && id !== undefined ? [id] : []));
    return [...new Set(ids)].map((id) => ({
      ...{ urn: id, id, type: resourceTypes[kind], outputs: {}, hooks: [], inputSources: {} },
      ...{ inputs: { bucket: id } as Properties, protect: false, retainOnDelete: true },
    }));
  }

  /** Resources of a kind that the audit logs rest on: the library's own, and what its trails use of others, in the stack or not. */
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
        ...this.givenPlaces(trailRoles.key),
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

  /** Where the library gives a role to its trails' accounts: what lies there is used, though the stack has not made it. */
  private givenPlaces(role: string): Reference[] {
    return this.grants()
      .filter((grant) => grant.role === role && isOurs(grant.resource.urn))
      .map(({ on }) => on);
  }

  /** What a resource is known by over a rename. */
  identity(urn: string): string {
    return this.renamed.get(urn) ?? urn;
  }

  isSame(one: Reference, other: Reference): boolean {
    if (one.urn && other.urn) return one.urn === other.urn;
    return one.id !== undefined && one.id === other.id;
  }

  /** What an input of a resource names. */
  reference(owner: Resource, input: string, value: Value | undefined, kind: Referable): Reference {
    const ofKind = (urn: string) => this.resources.get(urn)?.type === referable[kind];
    if (typeof value === "string") {
      const named = this.named(kind).get(value);
      return { urn: named && this.identity(named.urn), id: value };
    }
    const sources = (owner.inputSources[input] ?? []).filter(ofKind);
    return sources.length === 1 && sources[0] ? { urn: this.identity(sources[0]) } : {};
  }

  /** Resources of a kind by what names them: ids, and names of buckets. */
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

  /** The key that encrypts a bucket; undefined if there is none. */
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

  /** Every role that a resource of the stack grants, whoever made it. */
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
    const bindings = at(parsed(textOf(inputs.policyData) ?? ""), "bindings");
    // Without bindings it says that nobody has a role there.
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

  /** Whether a member of a grant is a service account. */
  isMember(member: Reference, { urn, id }: Reference): boolean {
    return this.isSame(member, { urn, id: id && `serviceAccount:${id}` });
  }

  /** The grants that a service account has. */
  grantsOf(account: Reference): Grant[] {
    return this.grants().filter((grant) => this.isFor(grant, account));
  }

  private isFor({ members }: Grant, account: Reference): boolean {
    return members.some((one) => this.isMember(one, account));
  }

  /** The grant that takes a role away from an account on a place, by giving it to others alone. */
  takenBy(role: string, on: Reference, account: Reference): Grant | undefined {
    const there = this.grants().filter((grant) => grant.isExclusive && this.isSame(grant.on, on));
    return there.find(({ resource, isWhole, role: only }) => {
      if (!isWhole && only !== role) return false;
      const given = there.filter((one) => one.resource === resource && one.role === role);
      return !given.some((one) => this.isFor(one, account));
    });
  }

  /** What the trail's service account must have. */
  needsOf(trail: Resource): Need[] {
    const scopes = collectedBy(trail).map(({ scope = "" }) => scope.split(" "));
    const bucket = this.bucketOf(trail);
    const inStack = this.inStack(bucket);
    const key = inStack && this.keyOf(inStack);
    const folder = { id: textOf(inStack?.inputs.folderId) };
    return rolesNeeded<Place>({
      scopes: scopes.filter(([, id]) => id).map(([onWhat = "", id]) => ({ on: { id }, onWhat })),
      buckets: [
        [{ on: folder, onWhat: "folder" }, ...(isOpen(bucket) ? [] : [{ on: bucket, onWhat: "bucket" }])],
      ],
      keys: key ? [{ on: key, onWhat: "key" }] : [],
    });
  }

  /** Whether something gives what is needed. */
  isMet(need: Need, account: Reference): Answer {
    const answers = this.grantsOf(account)
      .filter((grant) => !this.takenBy(grant.role, grant.on, account))
      .map((grant) => both(meets(grant.role, need), this.reaches(grant, need)));
    return answers.includes("yes") ? "yes" : answers.includes("unknown") ? "unknown" : "no";
  }

  /** Whether a grant holds on one of the places of a need. */
  private reaches(grant: Grant, need: Need): Answer {
    if (grant.onWhat === "organization" || this.isOnPlaceOf(grant, need)) return "yes";
    const folders = need.on.filter(({ onWhat }) => onWhat === "folder").map(({ on }) => on);
    return grant.onWhat === "cloud" ? this.holds(grant.on, folders) : "no";
  }

  /** Whether a grant is where a role is needed. Where that is not known, any resource of the kind is taken for it. */
  isOnPlaceOf(grant: Grant, need: Need): boolean {
    return need.on.some(
      ({ on, onWhat }) => this.isSame(grant.on, on) || (grant.onWhat === onWhat && isOpen(on)),
    );
  }

  /** Whether a cloud holds one of some folders. The stack knows that of the folders that it makes. */
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

  /** Whether a trail collects events of an organization. Its account is in it then, and so are the logs. */
  collectsOf(organization: Reference): boolean {
    const scopes = this.all("trail").flatMap((trail) => collectedBy(trail).map(({ scope }) => scope));
    return organization.id !== undefined && scopes.includes(`organization ${organization.id}`);
  }

  /** Whether a resource is a folder or a cloud that holds the bucket, its key, the trail or its account. */
  isHome({ type, urn, id }: Resource): boolean {
    const reference = { urn: this.identity(urn), id };
    if (type === referable.folder) return this.folders().some((folder) => this.isSame(folder, reference));
    return type === referable.cloud && this.holds(reference, this.folders()) === "yes";
  }

  /** Folders that hold the bucket, its key, the trail or its account. */
  folders(): Reference[] {
    return this.once("folders", () => this.findFolders());
  }

  private findFolders(): Reference[] {
    const all = kinds.flatMap((kind) =>
      this.judged(kind)
        .filter((resource) => isOfStack(resource) && resource.inputs.folderId !== undefined)
        .map((resource) => this.reference(resource, "folderId", resource.inputs.folderId, "folder")),
    );
    all.push(...this.givenPlaces(trailRoles.bucket));
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

  /** The component that a resource is in, and those that this one is in, the nearest first. */
  componentsOf({ parent }: Resource): Resource[] {
    const component = parent === undefined ? undefined : this.resources.get(parent);
    return component ? [component, ...this.componentsOf(component)] : [];
  }

  /** What the stack makes for others to be a service account by: keys, and identities of other systems. */
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

  /** The policy of a bucket as text, from the bucket itself or from a resource of its own. */
  policyOf(bucket: Resource): Value | undefined {
    const own = bucket.inputs.policy;
    if (own) return own;
    return this.others(bucket).find(({ type }) => type === bucketPolicyType)?.inputs.policy;
  }

  /** Resources beside a bucket that set or put something in it: policies, grants, objects. Roles are grants of their own. */
  others(bucket: Resource): Resource[] {
    const name = textOf(bucket.inputs.bucket);
    const of = { urn: isOfStack(bucket) ? this.identity(bucket.urn) : undefined, id: name };
    return [...this.resources.values()].filter(
      (resource) =>
        resource.urn !== bucket.urn &&
        /^yandex:index\/storage/.test(resource.type) &&
        !/Iam(Member|Binding|Policy)$/.test(resource.type) &&
        resource.inputs.bucket !== undefined &&
        // A second resource of the same bucket has its name.
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

/** Whether a resource is of the stack. */
export const isOfStack = ({ urn }: Resource): boolean => urn.startsWith("urn:");

/** Whether it is not known what a reference means. */
export const isOpen = ({ urn, id }: Reference): boolean => urn === undefined && id === undefined;

/** A value inside of a resource's inputs; what is hidden hides all in it. */
export function at(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  const [name, ...rest] = path;
  if (name === undefined || value instanceof Hidden) return value;
  return at((value as Properties | undefined)?.[name], ...rest);
}

export const listOf = (value: Value | undefined): readonly Value[] => {
  if (value instanceof Hidden) return [value];
  return Array.isArray(value) ? value : [];
};

export const textOf = (value: Value | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;

/** What a trail collects: one entry for each kind of event and place. */
export function collectedBy({ inputs }: Resource): Collected[] {
  const policy = inputs.filteringPolicy;
  const management = at(policy, "managementEventsFilter");
  const inScopes = (filter: Value | undefined, kind: string, events: EventTypes): Collected[] =>
    listOf(at(filter, "resourceScopes")).map((scope) => ({ kind, scope: scopeOf(scope), events }));
  return [
    ...(management ? inScopes(management, "management", allEvents) : []),
    ...listOf(at(policy, "dataEventsFilters")).flatMap((filter) =>
      inScopes(filter, textOf(at(filter, "service")) ?? "a service that is not known", eventsOf(filter)),
    ),
  ];
}

function scopeOf(scope: Value): string | undefined {
  const [id, type] = [at(scope, "resourceId"), at(scope, "resourceType")];
  if (typeof id !== "string" || typeof type !== "string") return undefined;
  return `${scopeNames[type] ?? type} ${id}`;
}

function eventsOf(filter: Value): EventTypes {
  const listed = (name: string) => listOf(at(filter, name)).flatMap((type) => textOf(type) ?? []);
  const included = listed("includedEvents");
  return included.length > 0
    ? { mode: "only", types: [...included].sort() }
    : { mode: "allBut", types: listed("excludedEvents").sort() };
}

/** What a policy of this library's form says; undefined for another one. */
export function accessOf(policy: string, bucket: string): Access | undefined {
  const statements = new Map(
    listOf(at(parsed(policy), "Statement")).map((one) => [textOf(at(one, "Sid")), one] as const),
  );
  const users = (sid: string) =>
    listOf(at(statements.get(sid), "Principal", "CanonicalUser")).flatMap((id) => textOf(id) ?? []);
  const access = {
    administrators: users("administrators"),
    readers: users("readers-read"),
    denyDelete: statements.has("nobody-deletes"),
    tlsOnly: statements.has("tls-only"),
  };
  const uploaders = users("trails-upload");
  const isOurs = canonical(bucketPolicyOf(bucket, uploaders, access)) === canonical(policy);
  return isOurs ? { uploaders, ...access } : undefined;
}

/** A policy in one spelling. */
export const canonical = (policy: string): string => JSON.stringify(sorted(parsed(policy) ?? policy));

function parsed(json: string): Value | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null || value instanceof Hidden) return value;
  const entries = Object.entries(value as Properties).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, sorted(item)]));
}
