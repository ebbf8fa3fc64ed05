import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { childOf, keepChild, withoutHandedOn } from "./children";
import { ScopeType } from "./choices";
import { explainFailures } from "./engine/failureHooks";
import { mergedHooks } from "./engine/hooks";
import { ownedDescription } from "./engine/ownership";
import { guard, input } from "./guard";
import { bindRole, type Place } from "./roleBinding";
import { readerRoles } from "./roles";
import * as values from "./values";

/** Arguments of {@link LogReader}. */
export interface LogReaderArgs {
  /** Folder that holds the account. */
  readonly folderId: pulumi.Input<string>;
  /**
   * Folder that holds the log bucket. The account may read every bucket in it: the provider grants no role on a single bucket.
   * @default the account's folder
   */
  readonly bucketFolderId?: pulumi.Input<string>;
  /**
   * KMS key that encrypts the bucket.
   * @default none: the bucket is unencrypted and the account gets no role on a key
   */
  readonly keyId?: pulumi.Input<string>;
  /**
   * Id of an existing account that receives the roles. Its other roles are not changed. The granted roles stay when the
   * component is deleted.
   * @default a new account
   */
  readonly existingId?: pulumi.Input<string>;
  /**
   * Name of the account, unique in its cloud.
   * @default the component's name
   */
  readonly name?: pulumi.Input<string>;
}

const schema = values.only({
  folderId: input(values.id("a folder")),
  bucketFolderId: input(values.id("a folder")).optional(),
  keyId: input(values.id("a key")).optional(),
  existingId: input(values.id("an existing service account")).optional(),
  name: input(values.name).optional(),
});

/**
 * Service account that searches audit logs and cannot change them. It lists, gets and decrypts log objects. Do not use the
 * trail's account instead, because that account may upload.
 *
 * If the bucket has a policy, pass `readerId` in `access.readers` of its `LogBucket`. A policy denies access to everybody whom
 * it does not list, regardless of their roles. The component passes its `hooks` and `ignoreChanges` to a new account.
 *
 * Roles: https://yandex.cloud/en/docs/storage/security/ and https://yandex.cloud/en/docs/kms/security/
 */
export class LogReader extends pulumi.ComponentResource {
  /** Id of the account, also for `access.readers`. It may not have its roles yet: to wait for them, depend on the component. */
  readonly readerId: pulumi.Output<string>;

  /** @throws {ArgumentsError} with all faults of the arguments. */
  constructor(name: string, args: LogReaderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("yandex-audit-trails:index:LogReader", name, {}, withoutHandedOn(opts));
    const given = guard("LogReader", name, args, schema, (sound) => [
      sound.existingId !== undefined &&
        sound.name !== undefined && {
          path: "name",
          reason: "is only for a new account, but existingId names an existing one",
        },
    ]);
    const { folderId, existingId, keyId } = given;
    const childOptions = {
      parent: this,
      retainOnDelete: existingId !== undefined,
      hooks: explainFailures(this, "LogReader", name),
    };

    const makeAccount = () =>
      new yandex.IamServiceAccount(
        name,
        {
          folderId,
          name: given.name ?? name,
          description: ownedDescription("Reads audit logs in the log bucket."),
        },
        {
          ...childOptions,
          ignoreChanges: opts?.ignoreChanges,
          hooks: mergedHooks(opts?.hooks, childOptions.hooks),
        },
      );
    const account = existingId === undefined ? makeAccount() : undefined;
    keepChild(this, account);
    this.readerId = account?.id ?? pulumi.output(existingId ?? "");
    const member = pulumi.interpolate`serviceAccount:${this.readerId}`;

    const grant = (role: string, type: Place["type"], id: pulumi.Input<string>) =>
      bindRole(name, role, { type, id, suffix: "" }, member, childOptions);
    grant(readerRoles.bucket, ScopeType.Folder, given.bucketFolderId ?? folderId);
    if (keyId !== undefined) grant(readerRoles.key, "kms.symmetricKey", keyId);

    this.registerOutputs({ readerId: this.readerId });
  }

  /** Service account of the component; undefined for an existing account. */
  get serviceAccount(): yandex.IamServiceAccount | undefined {
    return childOf(this);
  }
}
