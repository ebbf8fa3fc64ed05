import type { Clock } from "../clock";
import { CloudError } from "../errors";
import { effective } from "./keyLag";
import type { KeyVersions } from "./keyVersions";
import { seal, unseal } from "./sealing";
import type { SymmetricKeys } from "./symmetricKeys";

/** A ciphertext as base64, and the version of the key that encrypted it. */
export interface Sealed {
  readonly ciphertext: string;
  readonly versionId: string;
}

/** Services of the cloud that this one uses. */
interface Needs {
  readonly clock: Clock;
}

/** Encryption with keys. Callers must check permissions themselves. */
export class KeyCipher {
  constructor(
    private readonly cloud: Needs,
    private readonly keys: SymmetricKeys,
    private readonly versions: KeyVersions,
  ) {}

  isActive(id: string): boolean {
    const key = this.keys.find(id);
    return key !== undefined && effective(this.cloud, key).status === "ACTIVE";
  }

  /**
   * Encrypts with a version of the key, by default the primary one. It always uses AES-256-GCM.
   *
   * @throws {CloudError} NOT_FOUND without the key, FAILED_PRECONDITION if the key or the version is not ACTIVE.
   */
  encrypt(keyId: string, plaintext: Buffer, context?: Buffer, versionId?: string): Sealed {
    const { versionId: primaryId } = this.requireActive(keyId);
    const { id } = this.versions.require(keyId, versionId || primaryId);
    return { versionId: id, ciphertext: seal(this.versions.materialOf(id), plaintext, context) };
  }

  /**
   * Decrypts the result of {@link encrypt}, also after rotations.
   *
   * @throws {CloudError} like {@link encrypt}, and INVALID_ARGUMENT for a ciphertext of another key or context.
   */
  decrypt(keyId: string, { versionId, ciphertext }: Sealed, context?: Buffer): Buffer {
    this.requireActive(keyId);
    const material = this.versions.materialOf(this.versions.require(keyId, versionId).id);
    try {
      return unseal(material, ciphertext, context);
    } catch {
      throw new CloudError(
        "INVALID_ARGUMENT",
        "The ciphertext cannot be decrypted with this key and context",
      );
    }
  }

  private requireActive(id: string): { versionId: string } {
    const { status, versionId } = effective(this.cloud, this.keys.require(id));
    if (status !== "ACTIVE") throw new CloudError("FAILED_PRECONDITION", `Symmetric key ${id} is not active`);
    return { versionId };
  }
}
