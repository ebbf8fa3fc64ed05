import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { childOf, keepChild, shownRemoval, withoutHandedOn } from "./children";
import { KeyAlgorithm } from "./choices";
import { canonicalDuration } from "./duration";
import { explainFailures } from "./engine/failureHooks";
import { mergedHooks } from "./engine/hooks";
import { ownedLabels } from "./engine/ownership";
import { argumentKinds, guard, input } from "./guard";
import * as values from "./values";

/** Arguments of {@link EncryptionKey}. */
export interface EncryptionKeyArgs {
  /** Folder of the key. A separate folder is best: deleting the folder deletes the key. */
  readonly folderId: pulumi.Input<string>;
  /**
   * Name of the key, at most 100 characters. Names of keys need not be unique.
   * @default the component's name
   */
  readonly name?: pulumi.Input<string>;
  /**
   * Algorithm of new key versions.
   * @default "AES_256"
   */
  readonly algorithm?: pulumi.Input<KeyAlgorithm>;
  /**
   * Time after which the service creates a new key version, as a Go duration such as `8760h`. Old versions still
   * decrypt what they encrypted: https://yandex.cloud/en/docs/kms/concepts/version.
   * @default "8760h", a year
   */
  readonly rotationPeriod?: pulumi.Input<string>;
  /**
   * True if the service refuses to delete the key.
   * @default true, unless the option `retainOnDelete` is false
   */
  readonly deletionProtection?: pulumi.Input<boolean>;
  /**
   * Labels of the key, at most 64.
   * @default the project and the stack of the key; given labels are added to these
   */
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

const schema = values.only({
  folderId: input(values.id("a folder")),
  name: input(values.keyName).optional(),
  algorithm: input(values.oneOf(KeyAlgorithm)).optional(),
  rotationPeriod: input(values.duration).optional(),
  deletionProtection: input(values.yesOrNo).optional(),
  labels: input(values.labels(argumentKinds)).optional(),
});

/**
 * KMS symmetric key that encrypts the log bucket. Without it, nobody can read the logs that it encrypted. So the key
 * stays in the cloud when it leaves the stack, unless the option `retainOnDelete` is false. The component passes its
 * `hooks` and `ignoreChanges` to the key.
 */
export class EncryptionKey extends pulumi.ComponentResource {
  /** Id of the key. */
  readonly keyId: pulumi.Output<string>;

  /** @throws {ArgumentsError} with all faults of the arguments. */
  constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("yandex-audit-trails:index:EncryptionKey", name, shownRemoval(opts), withoutHandedOn(opts));
    const { rotationPeriod = "8760h", ...given } = guard("EncryptionKey", name, args, schema);
    const retainOnDelete = opts?.retainOnDelete ?? true;

    const key = new yandex.KmsSymmetricKey(
      name,
      {
        folderId: given.folderId,
        name: given.name ?? name,
        description: "Encrypts audit logs. Deleting it makes them unreadable.",
        defaultAlgorithm: given.algorithm ?? KeyAlgorithm.Aes256,
        rotationPeriod:
          typeof rotationPeriod === "string"
            ? canonicalDuration(rotationPeriod)
            : pulumi.output(rotationPeriod).apply(canonicalDuration),
        deletionProtection: given.deletionProtection ?? retainOnDelete,
        labels: ownedLabels(given.labels),
      },
      {
        parent: this,
        retainOnDelete,
        ignoreChanges: opts?.ignoreChanges,
        hooks: mergedHooks(opts?.hooks, explainFailures(this, "EncryptionKey", name)),
      },
    );

    keepChild(this, key);
    this.keyId = key.id;
    this.registerOutputs({ keyId: this.keyId });
  }

  /** KMS key of the component. */
  get key(): yandex.KmsSymmetricKey {
    return childOf(this);
  }
}
