import * as yandex from "@pulumi/yandex";
import { AuditTrails, EncryptionKey, LogBucket, Trail, TrailServiceAccount } from "../../components";
import { readSettings } from "../../settings/read";

/** Builds the component that `PART` names. With `LATE` its wrong text is known only once another resource is there. */
const { organizationId, folderId } = readSettings();
const { PART = "", LATE } = process.env;
const other = new yandex.IamServiceAccount("other", { folderId, name: "other" });
const wrong = LATE ? other.id.apply(() => "wrong_/") : "wrong_/";
const scope = { resourceId: wrong, resourceType: "organization-manager.organization" } as const;

const build: Record<string, () => object> = {
  AuditTrails: () => new AuditTrails("part", { organizationId, folderId, bucketName: wrong }),
  EncryptionKey: () => new EncryptionKey("part", { folderId, rotationPeriod: wrong }),
  LogBucket: () => new LogBucket("part", { folderId, name: wrong }),
  Trail: () =>
    new Trail("part", { folderId, bucketName: "audit-logs", serviceAccountId: other.id, scopes: [scope] }),
  TrailServiceAccount: () =>
    new TrailServiceAccount("part", { folderId, scopes: { "": scope }, bucketFolderIds: { "": folderId } }),
};
build[PART]?.();
