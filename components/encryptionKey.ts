import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { canonicalDuration } from "./duration";
import { explainFailures } from "./engine/failures";
import { ownedLabels } from "./engine/ownership";

/** Arguments of {@link EncryptionKey}. */
export interface EncryptionKeyArgs {
  /** Folder that holds the key. Ideally one of its own: who deletes the folder deletes the key. */
  readonly folderId: pulumi.Input<string>;
  /**
   * Name of the key, at most 100 characters. Names of keys need not be unique.
   * @default the component's name
   */
  readonly keyName?: pulumi.Input<string>;
  /**
   * Algorithm of new key versions: `AES_128`, `AES_192`, `AES_256` or `AES_256_HSM`.
   * See https://yandex.cloud/en/docs/kms/concepts/key.
   * @default "AES_256"
   */
  readonly keyAlgorithm?: pulumi.Input<string>;
  /**
   * Time after which the service makes a new key version, as a Go duration such as `8760h`. Old versions go on
   * decrypting what they encrypted: https://yandex.cloud/en/docs/kms/concepts/version.
   * @default "8760h", a year
   */
  readonly keyRotationPeriod?: pulumi.Input<string>;
  /**
   * Whether the service refuses to delete the key.
   * @default true, unless the option `retainOnDelete` is false
   */
  readonly deletionProtection?: pulumi.Input<boolean>;
  /**
   * Labels of the key, at most 64.
   * @default the project and the stack that the key belongs to, which given labels come on top of
   */
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * The KMS symmetric key that encrypts the log bucket. Deleting it makes every log encrypted with it unreadable, so it stays
 * in the cloud when it leaves the stack, unless the option `retainOnDelete` is false. Its own `hooks` are handed on to the
 * key.
 */
export class EncryptionKey extends pulumi.ComponentResource {
  /** Id of the key. */
  readonly keyId: pulumi.Output<string>;

  /** @throws {pulumi.InputPropertyError} if the rotation period is no duration. */
  constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("yandex-audit-trails:index:EncryptionKey", name, {}, { ...opts, hooks: undefined });
    const period = args.keyRotationPeriod ?? "8760h";
    const retainOnDelete = opts?.retainOnDelete ?? true;

    const key = new yandex.KmsSymmetricKey(
      name,
      {
        folderId: args.folderId,
        name: args.keyName ?? name,
        description: "Encrypts audit logs. Deleting it makes them unreadable.",
        defaultAlgorithm: args.keyAlgorithm ?? "AES_256",
        rotationPeriod:
          typeof period === "string" ? canonicalPeriod(period) : pulumi.output(period).apply(canonicalPeriod),
        deletionProtection: args.deletionProtection ?? retainOnDelete,
        labels: ownedLabels(args.labels),
      },
      {
        parent: this,
        retainOnDelete,
        hooks: { ...opts?.hooks, ...explainFailures("EncryptionKey", name) },
      },
    );

    this.keyId = key.id;
    this.registerOutputs({ keyId: this.keyId });
  }
}

function canonicalPeriod(period: string): string {
  try {
    return canonicalDuration(period);
  } catch (error) {
    throw new pulumi.InputPropertyError({
      propertyPath: "keyRotationPeriod",
      reason: (error as RangeError).message,
    });
  }
}
