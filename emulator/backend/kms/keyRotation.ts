import type { Call } from "../calls";
import type { Changes } from "../changes";
import type { Clock } from "../clock";
import { CloudError } from "../errors";
import type { Operation, Operations } from "../operations";
import type { Switches } from "../switches";
import { endOfLag, lagOf } from "./keyLag";
import type { KeyVersion, KeyVersions } from "./keyVersions";
import type { KeyRow, Seconds, SymmetricKeys } from "./symmetricKeys";

/** Default delay of a destruction, in seconds: https://yandex.cloud/en/docs/kms/api-ref/SymmetricKey/scheduleVersionDestruction */
const defaultPendingSeconds = 7 * 24 * 3600;

/** Services of the cloud that this one uses. */
interface Needs {
  readonly clock: Clock;
  readonly switches: Switches;
  readonly changes: Changes;
  readonly operations: Operations;
}

/** Rotation of keys, by calls or by the clock, and destruction of their versions. */
export class KeyRotation {
  constructor(
    private readonly cloud: Needs,
    private readonly keys: SymmetricKeys,
    private readonly versions: KeyVersions,
  ) {
    cloud.clock.onTick(() => this.rotateDue());
  }

  /** Lists the versions of a key, newest first. */
  listVersions(call: Call, id: string): (KeyVersion & { readonly primary: boolean })[] {
    const { primaryVersion } = this.keys.get(call, id);
    return this.versions.of(id).map((version) => ({ ...version, primary: version.id === primaryVersion.id }));
  }

  /** Creates a new version, and makes it the primary one. */
  rotate(call: Call, id: string): Operation {
    const request = { permission: "kms.keys.update", parameters: { keyId: id } } as const;
    return this.keys.change(call, "Rotate", id, request, (key) => ({
      newPrimaryVersionId: this.rotated(key).primaryVersion.id,
    }));
  }

  /** Makes a version the primary one. @throws {CloudError} FAILED_PRECONDITION for a version that is not ACTIVE. */
  setPrimaryVersion(call: Call, id: string, versionId: string): Operation {
    const parameters = { keyId: id, versionId };
    const request = { permission: "kms.keys.setPrimaryVersion", parameters } as const;
    return this.keys.change(call, "SetPrimary", id, request, (key) => {
      if (this.versions.require(id, versionId).status !== "ACTIVE")
        throw new CloudError("FAILED_PRECONDITION", `Version ${versionId} is not active`);
      this.keys.put({ ...key, primaryVersion: { id: versionId }, lag: lagOf(this.cloud, key) });
      return { versionId };
    });
  }

  /** Schedules a destruction. @throws {CloudError} FAILED_PRECONDITION for the primary version, and for one that is not ACTIVE. */
  scheduleVersionDestruction(call: Call, id: string, versionId: string, pending: Seconds = {}): Operation {
    const parameters = { keyId: id, versionId, pendingPeriod: pending };
    return this.changeVersion(call, "Schedule", parameters, (key, version) => {
      if (key.primaryVersion.id === versionId)
        throw new CloudError("FAILED_PRECONDITION", "The primary version cannot be destroyed");
      if (version.status !== "ACTIVE")
        throw new CloudError("FAILED_PRECONDITION", `Version ${versionId} is not active`);
      const seconds = Number(pending.seconds ?? 0) || defaultPendingSeconds;
      return this.versions.schedule(version, this.cloud.clock.in({ seconds }), endOfLag(this.cloud));
    });
  }

  /** Cancels a destruction. @throws {CloudError} FAILED_PRECONDITION unless destruction is scheduled. */
  cancelVersionDestruction(call: Call, id: string, versionId: string): Operation {
    return this.changeVersion(call, "Cancel", { keyId: id, versionId }, (_, version) => {
      if (version.status !== "SCHEDULED_FOR_DESTRUCTION")
        throw new CloudError("FAILED_PRECONDITION", `Version ${versionId} is not scheduled for destruction`);
      return this.versions.cancel(version);
    });
  }

  private rotated(key: KeyRow): KeyRow {
    const { id } = this.versions.create(key.id, key.defaultAlgorithm);
    const rotatedAt = this.cloud.clock.now().toISOString();
    const rotated = { ...key, primaryVersion: { id }, rotatedAt, lag: lagOf(this.cloud, key) };
    this.keys.put(rotated);
    return rotated;
  }

  private rotateDue(): void {
    const now = this.cloud.clock.now().getTime();
    for (const key of this.keys.rows()) {
      const period = Number(key.rotationPeriod?.seconds ?? 0) * 1000;
      const since = Date.parse(key.rotatedAt ?? key.createdAt);
      if (period > 0 && key.status === "ACTIVE" && since + period <= now) this.rotated(key);
    }
  }

  private changeVersion(
    call: Call,
    verb: "Schedule" | "Cancel",
    parameters: { readonly keyId: string; readonly versionId: string },
    work: (key: KeyRow, version: KeyVersion) => KeyVersion,
  ): Operation {
    const { keyId, versionId } = parameters;
    const key = this.keys.require(keyId);
    const event = `kms.${verb}SymmetricKeyVersionDestruction`;
    const details = { ...this.keys.details(keyId), versionId };
    const change = { event, permission: "kms.keys.delete", on: keyId, parameters, details };
    return this.cloud.changes.make(call, change, () => {
      const version = work(key, this.versions.require(keyId, versionId));
      const { destroyAt } = version;
      const metadata = { keyId, versionId, ...(destroyAt && { destroyAt }) };
      const result = this.cloud.operations.finished(
        call,
        "abj",
        `${verb} version destruction`,
        { type: `yandex.cloud.kms.v1.${verb}SymmetricKeyVersionDestructionMetadata`, value: metadata },
        { type: "yandex.cloud.kms.v1.SymmetricKeyVersion", value: version },
      );
      return { details: { destroyAt }, response: version, result };
    });
  }
}
