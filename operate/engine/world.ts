import { bucketPolicyOf } from "../../components/bucket/policy";
import { meets, type RoleNeed, rolesNeeded } from "../../components/roles";
import { allEvents, type Collected, type EventTypes } from "./events";
import { Hidden, type Properties, type Resource, type Value } from "./json";
import { isOurs } from "./urn";

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
  /** Whether nobody but the members has the role. */
  readonly isExclusive: boolean;
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

/** What people call the scopes, by their type. */
export const scopeNames: Readonly<Record<string, string>> = {
  "organization-manager.organization": "organization",
  "resource-manager.cloud": "cloud",
  "resource-manager.folder": "folder",
};

/** A stack at one time, as far as audit logs are concerned. */
export class World {
  private granted: readonly Grant[] | undefined;

  /** @param renamed URNs that resources had before, by those that they have in this world. */
  constructor(
    private readonly resources: Resources,
    private readonly renamed: ReadonlyMap<string, string> = new Map(),
  ) {}

  /** The library's own resources of a kind, sorted, and the existing accounts that its trails use. */
  all(kind: Kind): Resource[] {
    const own = [...this.resources.values()].filter(
      ({ type, urn }) => type === resourceTypes[kind] && isOurs(urn),
    );
    const existing = kind === "account" ? this.existingAccounts() : [];
    return [...own, ...existing].sort((one, other) => (one.urn < other.urn ? -1 : 1));
  }

  private existingAccounts(): Resource[] {
    const ids = this.all("trail").flatMap((trail) => {
      const { urn, id } = this.accountOf(trail);
      return urn === undefined && id !== undefined ? [id] : [];
    });
    return [...new Set(ids)].map((id) => ({ ...outside, urn: id, id }));
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
  reference(owner: Resource, input: string, value: Value | undefined, kind: Kind): Reference {
    const ofKind = (urn: string) => this.resources.get(urn)?.type === resourceTypes[kind];
    if (typeof value === "string") {
      const named = [...this.resources.values()].find(
        ({ type, id, inputs }) =>
          type === resourceTypes[kind] && (id === value || (kind === "bucket" && inputs.bucket === value)),
      );
      return { urn: named && this.identity(named.urn), id: value };
    }
    const sources = (owner.inputSources[input] ?? []).filter(ofKind);
    return sources.length === 1 && sources[0] ? { urn: this.identity(sources[0]) } : {};
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
    this.granted ??= [...this.resources.values()].flatMap((resource) => this.grantOf(resource) ?? []);
    return this.granted;
  }

  private grantOf(resource: Resource): Grant | undefined {
    const { inputs, type } = resource;
    if (!/Iam(Member|Binding)$/.test(type) || !type.startsWith("yandex:")) return undefined;
    const onInput = Object.keys(grantedOn).find((name) => inputs[name] !== undefined);
    const onWhat = onInput && grantedOn[onInput];
    if (!onInput || !onWhat) return undefined;
    const isExclusive = type.endsWith("Binding");
    const input = isExclusive ? "members" : "member";
    const members = isExclusive ? listOf(inputs.members) : [inputs.member];
    const kind = onWhat === "key" || onWhat === "bucket" ? onWhat : "account";
    return {
      resource,
      role: typeof inputs.role === "string" ? inputs.role : "a role that is not known before the update",
      on: this.reference(resource, onInput, inputs[onInput], kind),
      onWhat,
      members: members.map((member) => this.memberOf(resource, input, member)),
      isExclusive,
    };
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
    return this.grants().filter(({ members }) => members.some((one) => this.isMember(one, account)));
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
  isMet(need: Need, account: Reference): boolean {
    return this.grantsOf(account).some(
      (grant) =>
        meets(grant.role, need) === "yes" &&
        (grant.onWhat === "organization" || this.isOnPlaceOf(grant, need)),
    );
  }

  /** Whether a grant is where a role is needed. Where that is not known, any resource of the kind is taken for it. */
  isOnPlaceOf(grant: Grant, need: Need): boolean {
    return need.on.some(
      ({ on, onWhat }) => this.isSame(grant.on, on) || (grant.onWhat === onWhat && isOpen(on)),
    );
  }

  /** A grant outside of the library that takes a needed role away from the account. */
  takenBy(need: Need, account: Reference): Grant | undefined {
    return this.grants().find(
      ({ role, on, members, isExclusive }) =>
        isExclusive &&
        role === need.role &&
        need.on.some((place) => this.isSame(on, place.on)) &&
        !members.some((one) => this.isMember(one, account)),
    );
  }

  inStack({ urn }: Reference): Resource | undefined {
    if (urn === undefined) return undefined;
    return [...this.resources.values()].find((resource) => this.identity(resource.urn) === urn);
  }

  /** The component that a resource is in, and those that this one is in, the nearest first. */
  componentsOf({ parent }: Resource): Resource[] {
    const component = parent === undefined ? undefined : this.resources.get(parent);
    return component ? [component, ...this.componentsOf(component)] : [];
  }

  /** Keys and other secrets of a service account that the stack makes. */
  credentialsOf(account: Reference): Resource[] {
    return [...this.resources.values()].filter(
      (resource) =>
        /^yandex:.*:IamServiceAccount(Static(Access)?|Api)?Key$/.test(resource.type) &&
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
    const of = { urn: this.identity(bucket.urn) };
    return [...this.resources.values()].find(
      (resource) =>
        resource.type === "yandex:index/storageBucketPolicy:StorageBucketPolicy" &&
        this.isSame(this.reference(resource, "bucket", resource.inputs.bucket, "bucket"), of),
    )?.inputs.policy;
  }
}

/** What is known of a service account that is not of the stack. */
const outside: Omit<Resource, "urn"> = {
  ...{ type: resourceTypes.account, inputs: {}, outputs: {}, hooks: [], inputSources: {} },
  ...{ protect: false, retainOnDelete: true },
};

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
