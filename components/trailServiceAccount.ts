import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { z } from "zod";
import { childOf, keepChild, withoutHandedOn } from "./children";
import { ScopeType } from "./choices";
import { explainFailures } from "./engine/failureHooks";
import { mergedHooks } from "./engine/hooks";
import { ownedDescription } from "./engine/ownership";
import { tellLostAccount } from "./engine/protection";
import { guard, input } from "./guard";
import { bindRole, type Place, placesOf } from "./roleBinding";
import { rolesNeeded } from "./roles";
import { type ResourceScopeArgs, scopeSchema } from "./scope";
import * as values from "./values";

/** Arguments of {@link TrailServiceAccount}. */
export interface TrailServiceAccountArgs {
  /** Folder that holds the account. */
  readonly folderId: pulumi.Input<string>;
  /**
   * What the account may collect audit logs of. Each key is the suffix of a role binding's resource name; it may be empty.
   */
  readonly scopes: Record<string, ResourceScopeArgs>;
  /**
   * Folders that hold the buckets, by suffixes as above. The account may upload to every bucket in them, so folders of
   * their own are best.
   */
  readonly bucketFolderIds: Record<string, pulumi.Input<string>>;
  /**
   * KMS keys of the buckets, by suffixes as above.
   * @default none: the buckets are unencrypted and the account gets no role on a key
   */
  readonly keyIds?: Record<string, pulumi.Input<string>>;
  /**
   * Existing account to give the roles to. It is only used: other roles of it are left alone, and the ones given stay when
   * the component goes, since another trail of the account may need them.
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
  scopes: z.record(z.string(), scopeSchema),
  bucketFolderIds: z.record(z.string(), input(values.id("a folder"))),
  keyIds: z.record(z.string(), input(values.id("a key"))).optional(),
  existingId: input(values.id("an existing service account")).optional(),
  name: input(values.name).optional(),
});

/**
 * The service account that trails work with, and the roles that the vendor's guide gives it. Each role is one
 * member of one resource's access bindings: nobody else's access is touched. Its own `hooks` and `ignoreChanges` are
 * handed on to a new account.
 */
export class TrailServiceAccount extends pulumi.ComponentResource {
  /** Id of the account. It may not have its roles yet: depend on the component to wait for them. */
  readonly serviceAccountId: pulumi.Output<string>;

  /** @throws {ArgumentsError} with all faults of the arguments. */
  constructor(name: string, args: TrailServiceAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("yandex-audit-trails:index:TrailServiceAccount", name, {}, withoutHandedOn(opts));
    const given = guard("TrailServiceAccount", name, args, schema, (sound) => [
      sound.existingId !== undefined &&
        sound.name !== undefined && {
          path: "name",
          reason: "is for a new account, and existingId names one that exists",
        },
    ]);
    const { folderId, existingId } = given;
    const childOptions = {
      parent: this,
      retainOnDelete: existingId !== undefined,
      hooks: explainFailures(this, "TrailServiceAccount", name),
    };

    const makeAccount = () =>
      new yandex.IamServiceAccount(
        name,
        {
          folderId,
          name: given.name ?? name,
          description: ownedDescription("Collects audit logs and uploads them to the log bucket."),
        },
        {
          ...childOptions,
          ignoreChanges: opts?.ignoreChanges,
          hooks: mergedHooks(opts?.hooks, childOptions.hooks, tellLostAccount(this, name)),
        },
      );
    const account = existingId === undefined ? makeAccount() : undefined;
    keepChild(this, account);
    this.serviceAccountId = account?.id ?? pulumi.output(existingId ?? "");
    const member = pulumi.interpolate`serviceAccount:${this.serviceAccountId}`;

    const needs = rolesNeeded<Place>({
      scopes: Object.entries(given.scopes).map(([suffix, { resourceType: type, resourceId: id }]) => ({
        ...{ type, id, suffix },
      })),
      buckets: placesOf(ScopeType.Folder, given.bucketFolderIds).map((folder) => [folder]),
      keys: placesOf("kms.symmetricKey", given.keyIds ?? {}),
    });
    for (const { role, on } of needs) bindRole(name, role, on[0], member, childOptions);

    this.registerOutputs({ serviceAccountId: this.serviceAccountId });
  }

  /** The account itself; absent for an existing one. */
  get serviceAccount(): yandex.IamServiceAccount | undefined {
    return childOf(this);
  }
}
