import { AuditLog } from "./auditTrails/auditLog";
import { DataEvents } from "./auditTrails/dataEvents";
import { Delivery } from "./auditTrails/delivery";
import { Trails } from "./auditTrails/trails";
import { Changes } from "./changes";
import { Clock } from "./clock";
import { ClockJumps } from "./clockJumps";
import { Faults } from "./faults";
import { Access, type Subject } from "./iam/access";
import { AccessBindings } from "./iam/accessBindings";
import { AccessKeys } from "./iam/accessKeys";
import { AuthorizedKeys } from "./iam/authorizedKeys";
import { Groups } from "./iam/groups";
import { IamTokens } from "./iam/iamTokens";
import { ServiceAccounts } from "./iam/serviceAccounts";
import { Tokens } from "./iam/tokens";
import { Ids } from "./ids";
import { KeyCipher } from "./kms/keyCipher";
import { KeyRotation } from "./kms/keyRotation";
import { KeyVersions } from "./kms/keyVersions";
import { SymmetricCrypto } from "./kms/symmetricCrypto";
import { SymmetricKeys } from "./kms/symmetricKeys";
import { defaultQuotas, type Quotas } from "./limits";
import { Operations } from "./operations";
import { QuotaUse } from "./quotaUse";
import { Containers } from "./resourceManager/containers";
import { ResourceTree } from "./resourceManager/resourceTree";
import { BucketAccess } from "./storage/bucketAccess";
import { BucketHttps } from "./storage/bucketHttps";
import { Buckets } from "./storage/buckets";
import { Lifecycle } from "./storage/lifecycle";
import { ObjectDeletions } from "./storage/objectDeletions";
import { ObjectSettings } from "./storage/objectSettings";
import { Objects } from "./storage/objects";
import { ObjectVersions } from "./storage/objectVersions";
import { Uploads } from "./storage/uploads";
import { type ExportedState, Store } from "./store";
import { type Switches, switchesWith } from "./switches";
import { Traffic } from "./traffic";

/** Options of a new cloud. */
export interface CloudOptions {
  /** File of the state; without it the state is in memory only. */
  readonly stateFile?: string;
  /** Export of an earlier cloud, as the initial state. */
  readonly state?: ExportedState;
  /** Seed of ids: the same seed gives the same ids. */
  readonly seed?: string;
  readonly switches?: Partial<Switches>;
  readonly quotas?: Partial<Quotas>;
}

/**
 * Roles of the deployer on organization and folder: four of the vendor's guide, and those to create resources and to grant
 * roles.
 */
export const deployerRoles = {
  organization: ["audit-trails.viewer", "organization-manager.admin"],
  folder: [
    "iam.serviceAccounts.user",
    "audit-trails.editor",
    "storage.viewer",
    "iam.serviceAccounts.admin",
    "kms.admin",
    "storage.admin",
    "resource-manager.admin",
  ],
} as const;

type RootId = "organizationId" | "cloudId" | "folderId" | "deployerId";

/** The local Yandex Cloud without its servers: one organization with one cloud, one folder and one deployer. */
export class Cloud {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly switches: Switches;
  readonly quotas: Quotas;
  readonly quotaUse: QuotaUse;
  readonly faults = new Faults();
  readonly traffic = new Traffic();
  readonly clockJumps: ClockJumps;
  readonly tree: ResourceTree;
  readonly groups: Groups;
  readonly access: Access;
  readonly tokens: Tokens;
  readonly auditLog: AuditLog;
  readonly changes: Changes;
  readonly operations: Operations;
  readonly containers: Containers;
  readonly accessBindings: AccessBindings;
  readonly keys: SymmetricKeys;
  readonly keyRotation: KeyRotation;
  readonly keyCipher: KeyCipher;
  readonly serviceAccounts: ServiceAccounts;
  readonly buckets: Buckets;
  readonly bucketAccess: BucketAccess;
  readonly bucketHttps: BucketHttps;
  readonly objects: Objects;
  readonly objectDeletions: ObjectDeletions;
  readonly objectSettings: ObjectSettings;
  readonly uploads: Uploads;
  readonly lifecycle: Lifecycle;
  readonly accessKeys: AccessKeys;
  readonly authorizedKeys: AuthorizedKeys;
  readonly crypto: SymmetricCrypto;
  readonly dataEvents: DataEvents;
  readonly iamTokens: IamTokens;
  readonly trails: Trails;
  readonly delivery: Delivery;

  readonly organizationId: string;
  readonly cloudId: string;
  readonly folderId: string;
  readonly deployer: Subject;

  /** Opens a cloud. @throws {Error} if the state cannot be read, or if both the file and the options have a state. */
  constructor({ stateFile, state, seed = "local", switches, quotas }: CloudOptions = {}) {
    this.store = new Store(stateFile, state);
    const settings = this.store.table<number>("clock");
    this.clock = new Clock(settings.get("ahead"));
    this.clock.onTick(() => {
      if (settings.get("ahead") !== this.clock.ahead) settings.put("ahead", this.clock.ahead);
    });
    this.clockJumps = new ClockJumps(this.clock, this.traffic);
    this.switches = switchesWith(switches);
    this.ids = new Ids(seed, this.store, this.switches);
    this.quotas = { ...defaultQuotas, ...quotas };
    this.tree = new ResourceTree(this.store);
    this.groups = new Groups(this.store);
    this.access = new Access(this.store, this.clock, this.tree, this.groups, this.switches);
    this.tokens = new Tokens(this.store, this.clock, this.tree);
    this.auditLog = new AuditLog(this.store, this.clock, this.ids, this.tree);
    this.changes = new Changes(this.access, this.tree, this.auditLog, this.store);
    this.operations = new Operations(this.store, this.clock, this.ids, this.faults);
    this.quotaUse = new QuotaUse(this);
    this.containers = new Containers(this);
    this.accessBindings = new AccessBindings(this);
    const keyVersions = new KeyVersions(this.store, this.clock, this.ids);
    this.keys = new SymmetricKeys(this, keyVersions);
    this.keyRotation = new KeyRotation(this, this.keys, keyVersions);
    this.keyCipher = new KeyCipher(this, this.keys, keyVersions);
    this.serviceAccounts = new ServiceAccounts(this);
    this.buckets = new Buckets(this);
    this.bucketHttps = new BucketHttps(this);
    this.bucketAccess = new BucketAccess(this.access, this.switches);
    const versions = new ObjectVersions(this.store);
    this.objects = new Objects(this, versions);
    this.objectDeletions = new ObjectDeletions(this, versions);
    this.objectSettings = new ObjectSettings(this, versions);
    this.uploads = new Uploads(this);
    this.lifecycle = new Lifecycle(this);
    this.accessKeys = new AccessKeys(this);
    this.authorizedKeys = new AuthorizedKeys(this);
    this.crypto = new SymmetricCrypto(this);
    this.dataEvents = new DataEvents(this);
    this.iamTokens = new IamTokens(this);
    this.trails = new Trails(this);
    this.delivery = new Delivery(this);

    // Kept, because a state may be opened with another seed.
    const roots = this.store.table<Record<RootId, string>>("roots");
    const root = roots.get("ids") ?? {
      organizationId: this.ids.fixed("bpf", "organization"),
      cloudId: this.ids.fixed("b1g", "cloud"),
      folderId: this.ids.fixed("b1g", "folder"),
      deployerId: this.ids.fixed("aje", "deployer"),
    };
    if (!roots.get("ids")) roots.put("ids", root);
    this.organizationId = root.organizationId;
    this.cloudId = root.cloudId;
    this.folderId = root.folderId;
    this.deployer = { type: "userAccount", id: root.deployerId };
    if (!this.tree.get(this.organizationId)) this.seed();
    this.clock.onTick(() => this.store.commit());
    this.store.commit();
  }

  /** Removes a resource with all its contents. */
  removeWithContents(id: string): void {
    for (const child of this.tree.childrenOf(id)) this.removeWithContents(child.id);
    const owners: Readonly<Record<string, { remove(id: string): void }>> = {
      "audit-trails.trail": this.trails,
      "iam.serviceAccount": this.serviceAccounts,
      "kms.symmetricKey": this.keys,
      "storage.bucket": this.buckets,
    };
    (owners[this.tree.get(id)?.type ?? ""] ?? this.containers).remove(id);
  }

  private seed(): void {
    const { organizationId, cloudId, folderId, deployer } = this;
    this.tree.put({
      type: "organization-manager.organization",
      id: organizationId,
      name: "local-organization",
    });
    this.tree.put({
      type: "resource-manager.cloud",
      id: cloudId,
      name: "local-cloud",
      parentId: organizationId,
    });
    this.tree.put({ type: "resource-manager.folder", id: folderId, name: "audit", parentId: cloudId });
    for (const roleId of deployerRoles.organization)
      this.access.add(organizationId, { roleId, subject: deployer });
    for (const roleId of deployerRoles.folder) this.access.add(folderId, { roleId, subject: deployer });
  }
}
