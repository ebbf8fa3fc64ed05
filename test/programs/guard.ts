import * as yandex from "@pulumi/yandex";
import { AuditTrails, EncryptionKey, LogBucket, Trail, TrailServiceAccount } from "../../components";
import { readSettings } from "../../settings/read";

/** Builds each part with a wrong text. With `LATE` it is known only once another resource is there. */
const { organizationId, folderId } = readSettings();
const { LATE } = process.env;
const other = new yandex.IamServiceAccount("other", { folderId, name: "other" });
const wrong = LATE ? other.id.apply(() => "wrong_/") : "wrong_/";
const scope = { resourceId: wrong, resourceType: "organization-manager.organization" } as const;

new AuditTrails("part", { organizationId, folderId, bucketName: wrong });
new EncryptionKey("part", { folderId, rotationPeriod: wrong });
new LogBucket("part", { folderId, name: wrong });
new Trail("part", { folderId, bucketName: "audit-logs", serviceAccountId: other.id, scopes: [scope] });
new TrailServiceAccount("part", { folderId, scopes: { "": scope }, bucketFolderIds: { "": folderId } });
