import { Trail } from "@yandex-cloud/nodejs-sdk/audittrails-v1/trail";
import {
  CreateTrailMetadata,
  DeleteTrailMetadata,
  UpdateTrailMetadata,
} from "@yandex-cloud/nodejs-sdk/audittrails-v1/trail_service";
import { AccessKey } from "@yandex-cloud/nodejs-sdk/iam-v1/awscompatibility/access_key";
import {
  DeleteAccessKeyMetadata,
  UpdateAccessKeyMetadata,
} from "@yandex-cloud/nodejs-sdk/iam-v1/awscompatibility/access_key_service";
import { Key } from "@yandex-cloud/nodejs-sdk/iam-v1/key";
import { DeleteKeyMetadata, UpdateKeyMetadata } from "@yandex-cloud/nodejs-sdk/iam-v1/key_service";
import { ServiceAccount } from "@yandex-cloud/nodejs-sdk/iam-v1/service_account";
import {
  CreateServiceAccountMetadata,
  DeleteServiceAccountMetadata,
  UpdateServiceAccountMetadata,
} from "@yandex-cloud/nodejs-sdk/iam-v1/service_account_service";
import { SymmetricKey, SymmetricKeyVersion } from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key";
import {
  CancelSymmetricKeyVersionDestructionMetadata,
  CreateSymmetricKeyMetadata,
  DeleteSymmetricKeyMetadata,
  RotateSymmetricKeyMetadata,
  ScheduleSymmetricKeyVersionDestructionMetadata,
  SetPrimarySymmetricKeyVersionMetadata,
  UpdateSymmetricKeyMetadata,
} from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service";
import { Organization } from "@yandex-cloud/nodejs-sdk/organizationmanager-v1/organization";
import { UpdateOrganizationMetadata } from "@yandex-cloud/nodejs-sdk/organizationmanager-v1/organization_service";
import { Cloud } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/cloud";
import {
  CreateCloudMetadata,
  DeleteCloudMetadata,
  UpdateCloudMetadata,
} from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/cloud_service";
import { Folder } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder";
import {
  CreateFolderMetadata,
  DeleteFolderMetadata,
  UpdateFolderMetadata,
} from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service";
import { Bucket, HTTPSConfig } from "@yandex-cloud/nodejs-sdk/storage-v1/bucket";
import {
  CreateBucketMetadata,
  DeleteBucketHTTPSConfigMetadata,
  DeleteBucketMetadata,
  SetBucketHTTPSConfigMetadata,
  UpdateBucketMetadata,
} from "@yandex-cloud/nodejs-sdk/storage-v1/bucket_service";
import { Writer } from "protobufjs/minimal";
import type { Typed } from "../backend/operations";

interface PackedCodec {
  // biome-ignore lint/suspicious/noExplicitAny: the generated code's own types, of many messages
  encode(message: any): { finish(): Uint8Array };
  // biome-ignore lint/suspicious/noExplicitAny: likewise
  fromJSON(object: any): unknown;
}

const empty: PackedCodec = { encode: () => ({ finish: () => new Uint8Array() }), fromJSON: () => ({}) };

/** The SDK keeps the messages of yandex.cloud.access to itself; these have a text as field 1. */
const accessBindingsMetadata: PackedCodec = {
  encode: ({ resourceId }: { resourceId: string }) => new Writer().uint32((1 << 3) | 2).string(resourceId),
  fromJSON: (object) => object,
};

interface Delta {
  readonly action: string;
  readonly accessBinding: {
    readonly roleId: string;
    readonly subject: { readonly id: string; readonly type: string };
  };
}

/** `effective_deltas`, field 1: action (1) and access binding (2) of role (1) and subject (2) with id (1) and type (2). */
const accessBindingsOperationResult: PackedCodec = {
  encode: ({ effectiveDeltas = [] }: { effectiveDeltas?: readonly Delta[] }) => {
    const writer = new Writer();
    for (const { action, accessBinding } of effectiveDeltas) {
      writer.uint32((1 << 3) | 2).fork();
      writer.uint32(1 << 3).int32(action === "ADD" ? 1 : 2);
      writer.uint32((2 << 3) | 2).fork();
      writer.uint32((1 << 3) | 2).string(accessBinding.roleId);
      writer.uint32((2 << 3) | 2).fork();
      writer.uint32((1 << 3) | 2).string(accessBinding.subject.id);
      writer.uint32((2 << 3) | 2).string(accessBinding.subject.type);
      writer.ldelim().ldelim().ldelim();
    }
    return writer;
  },
  fromJSON: (object) => object,
};

/** Messages that operations carry. */
const codecs: Readonly<Record<string, PackedCodec>> = {
  "yandex.cloud.access.AccessBindingsOperationResult": accessBindingsOperationResult,
  "yandex.cloud.access.SetAccessBindingsMetadata": accessBindingsMetadata,
  "yandex.cloud.access.UpdateAccessBindingsMetadata": accessBindingsMetadata,
  "yandex.cloud.audittrails.v1.Trail": Trail,
  "yandex.cloud.audittrails.v1.CreateTrailMetadata": CreateTrailMetadata,
  "yandex.cloud.audittrails.v1.UpdateTrailMetadata": UpdateTrailMetadata,
  "yandex.cloud.audittrails.v1.DeleteTrailMetadata": DeleteTrailMetadata,
  "yandex.cloud.iam.v1.awscompatibility.AccessKey": AccessKey,
  "yandex.cloud.iam.v1.awscompatibility.UpdateAccessKeyMetadata": UpdateAccessKeyMetadata,
  "yandex.cloud.iam.v1.awscompatibility.DeleteAccessKeyMetadata": DeleteAccessKeyMetadata,
  "yandex.cloud.iam.v1.Key": Key,
  "yandex.cloud.iam.v1.UpdateKeyMetadata": UpdateKeyMetadata,
  "yandex.cloud.iam.v1.DeleteKeyMetadata": DeleteKeyMetadata,
  "yandex.cloud.iam.v1.ServiceAccount": ServiceAccount,
  "yandex.cloud.iam.v1.CreateServiceAccountMetadata": CreateServiceAccountMetadata,
  "yandex.cloud.iam.v1.UpdateServiceAccountMetadata": UpdateServiceAccountMetadata,
  "yandex.cloud.iam.v1.DeleteServiceAccountMetadata": DeleteServiceAccountMetadata,
  "yandex.cloud.kms.v1.SymmetricKey": SymmetricKey,
  "yandex.cloud.kms.v1.CreateSymmetricKeyMetadata": CreateSymmetricKeyMetadata,
  "yandex.cloud.kms.v1.UpdateSymmetricKeyMetadata": UpdateSymmetricKeyMetadata,
  "yandex.cloud.kms.v1.DeleteSymmetricKeyMetadata": DeleteSymmetricKeyMetadata,
  "yandex.cloud.kms.v1.RotateSymmetricKeyMetadata": RotateSymmetricKeyMetadata,
  "yandex.cloud.kms.v1.SetPrimarySymmetricKeyVersionMetadata": SetPrimarySymmetricKeyVersionMetadata,
  "yandex.cloud.kms.v1.ScheduleSymmetricKeyVersionDestructionMetadata":
    ScheduleSymmetricKeyVersionDestructionMetadata,
  "yandex.cloud.kms.v1.CancelSymmetricKeyVersionDestructionMetadata":
    CancelSymmetricKeyVersionDestructionMetadata,
  "yandex.cloud.kms.v1.SymmetricKeyVersion": SymmetricKeyVersion,
  "yandex.cloud.organizationmanager.v1.Organization": Organization,
  "yandex.cloud.organizationmanager.v1.UpdateOrganizationMetadata": UpdateOrganizationMetadata,
  "yandex.cloud.resourcemanager.v1.Cloud": Cloud,
  "yandex.cloud.resourcemanager.v1.CreateCloudMetadata": CreateCloudMetadata,
  "yandex.cloud.resourcemanager.v1.UpdateCloudMetadata": UpdateCloudMetadata,
  "yandex.cloud.resourcemanager.v1.DeleteCloudMetadata": DeleteCloudMetadata,
  "yandex.cloud.resourcemanager.v1.Folder": Folder,
  "yandex.cloud.resourcemanager.v1.CreateFolderMetadata": CreateFolderMetadata,
  "yandex.cloud.resourcemanager.v1.UpdateFolderMetadata": UpdateFolderMetadata,
  "yandex.cloud.resourcemanager.v1.DeleteFolderMetadata": DeleteFolderMetadata,
  "yandex.cloud.storage.v1.Bucket": Bucket,
  "yandex.cloud.storage.v1.CreateBucketMetadata": CreateBucketMetadata,
  "yandex.cloud.storage.v1.UpdateBucketMetadata": UpdateBucketMetadata,
  "yandex.cloud.storage.v1.DeleteBucketMetadata": DeleteBucketMetadata,
  "yandex.cloud.storage.v1.HTTPSConfig": HTTPSConfig,
  "yandex.cloud.storage.v1.SetBucketHTTPSConfigMetadata": SetBucketHTTPSConfigMetadata,
  "yandex.cloud.storage.v1.DeleteBucketHTTPSConfigMetadata": DeleteBucketHTTPSConfigMetadata,
  "google.protobuf.Empty": empty,
};

/** A message as `google.protobuf.Any`. Newer releases of the provider insist on the exact types. */
export function pack({ type, value }: Typed): { typeUrl: string; value: Buffer } {
  const codec = codecs[type];
  if (!codec) throw new Error(`no codec for ${type}`);
  return {
    typeUrl: `type.googleapis.com/${type}`,
    value: Buffer.from(codec.encode(codec.fromJSON(value)).finish()),
  };
}
