import type { Call } from "../calls";
import { CloudError } from "../errors";
import { maskedFields } from "../fieldMask";
import { requireValid, requireValidLabels } from "../limits";
import type { Operation } from "../operations";
import type { QuotaUse } from "../quotaUse";
import { ResourceChanges, type ResourceKind } from "../resourceChanges";
import type { ResourceNeeds } from "../resourceNeeds";
import type { Switches } from "../switches";
import type { Table } from "../table";
import type { Groups } from "./groups";

export interface ServiceAccount {
  readonly id: string;
  readonly folderId: string;
  readonly createdAt: string;
  readonly name: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Time rounded down to the hour. */
  readonly lastAuthenticatedAt?: string;
  /** Expiry as ISO text; it is stored and has no effect. */
  readonly expiresAt?: string;
}

/** An account as the vendor's message. */
export type ServiceAccountMessage = ServiceAccount & { readonly status: "ACTIVE" };

type Settings = Pick<ServiceAccount, "name" | "description" | "labels" | "expiresAt">;

/** Returns the vendor's message. Accounts are always ACTIVE here. */
const messageOf = (account: ServiceAccount): ServiceAccountMessage => ({ ...account, status: "ACTIVE" });

const type = "iam.serviceAccount";

/** Returns the details of records: https://yandex.cloud/en/docs/audit-trails/audit/iam/events-ref/CreateServiceAccount */
const detailsOf = ({ id, name, description, labels }: ServiceAccount): object => ({
  serviceAccountId: id,
  serviceAccountName: name,
  description,
  labels,
});

const kind: ResourceKind<ServiceAccount> = {
  prefix: "aje",
  noun: "service account",
  event: (verb) => `iam.${verb}ServiceAccount`,
  permissions: "iam.serviceAccounts",
  message: "yandex.cloud.iam.v1.ServiceAccount",
  metadata: (verb) => `yandex.cloud.iam.v1.${verb}ServiceAccountMetadata`,
  idField: "serviceAccountId",
  idOf: ({ id }) => id,
  messageOf,
  detailsOf,
};

/** Services of the cloud that this one uses. */
interface Needs extends ResourceNeeds {
  readonly switches: Switches;
  readonly groups: Groups;
  readonly accessKeys: { removeOf(accountId: string): void };
  readonly authorizedKeys: { removeOf(accountId: string): void };
  readonly trails: { all(): readonly { readonly serviceAccountId: string }[] };
  readonly quotaUse: QuotaUse;
}

/** IAM's service accounts. */
export class ServiceAccounts {
  private readonly accounts: Table<ServiceAccount>;
  private readonly changes: ResourceChanges<ServiceAccount>;

  constructor(private readonly cloud: Needs) {
    this.accounts = cloud.store.table("serviceAccounts");
    this.changes = new ResourceChanges(cloud, kind);
  }

  all(): ServiceAccountMessage[] {
    return this.accounts.values().map(messageOf);
  }

  get(call: Call, id: string): ServiceAccountMessage {
    const account = this.require(id);
    this.cloud.access.require(call.subject, "iam.serviceAccounts.get", id);
    return messageOf(account);
  }

  /** Returns an account. @throws {CloudError} NOT_FOUND if there is no such account. */
  require(id: string): ServiceAccount {
    const account = this.accounts.get(id);
    if (!account) throw new CloudError("NOT_FOUND", `Service account ${id} not found`);
    return account;
  }

  /** Records the time of an account's authentication. */
  noteAuthentication(id: string): void {
    const account = this.require(id);
    const lastAuthenticatedAt = this.cloud.clock.hour();
    if (account.lastAuthenticatedAt !== lastAuthenticatedAt)
      this.accounts.put(id, { ...account, lastAuthenticatedAt });
  }

  create(call: Call, request: Partial<Settings> & { readonly folderId: string }): Operation {
    return this.changes.create(call, { folderId: request.folderId, parameters: request }, (folderId) => {
      const { name = "", description = "", labels = {}, expiresAt } = request;
      this.cloud.quotaUse.require("serviceAccounts", folderId, type);
      const account = {
        id: this.cloud.ids.make("aje", folderId, name),
        folderId,
        createdAt: this.cloud.clock.now().toISOString(),
        name,
        description,
        labels,
        ...(expiresAt && { expiresAt }),
      };
      this.put(account);
      return { row: account };
    });
  }

  update(
    call: Call,
    request: Partial<Settings> & { readonly serviceAccountId: string },
    mask: readonly string[] | undefined,
  ): Operation {
    const { serviceAccountId: id, ...settings } = request;
    const account = this.require(id);
    return this.changes.update(call, account, { parameters: request }, () => {
      const updated = { ...account, ...maskedFields<Settings>(settings, mask) };
      this.put(updated);
      return { row: updated };
    });
  }

  delete(call: Call, id: string): Operation {
    return this.changes.delete(call, this.require(id), () => {
      const isUsed = this.cloud.trails.all().some((trail) => trail.serviceAccountId === id);
      if (isUsed && this.cloud.switches.accountInUse === "refuse")
        throw new CloudError("FAILED_PRECONDITION", `Service account ${id} is used by a trail`);
      this.remove(id);
    });
  }

  remove(id: string): void {
    this.accounts.delete(id);
    this.cloud.accessKeys.removeOf(id);
    this.cloud.authorizedKeys.removeOf(id);
    this.cloud.access.forgetSubject(id);
    this.cloud.groups.forget(id);
    this.cloud.access.forget(id);
  }

  private put(account: ServiceAccount): void {
    requireValid("name", "resourceName", account.name);
    requireValid("description", "shortDescription", account.description);
    requireValidLabels(account.labels);
    // Names are unique in the cloud, not only in the folder: https://yandex.cloud/en/docs/iam/concepts/users/service-accounts
    this.cloud.tree.requireFreeName(type, account, this.cloud.tree.cloudOf(account.folderId));
    this.accounts.put(account.id, account);
    this.cloud.tree.put({ type, id: account.id, name: account.name, parentId: account.folderId });
  }
}
