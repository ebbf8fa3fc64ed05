import * as yandex from "@pulumi/yandex";
import { AuditTrails } from "../../components";
import { readSettings } from "../../settings/read";
import { argumentsIn } from "../../stack";

/** A larger program, in which audit logs are one part. `ROLE` is one more role that it gives to the trail's account. */
const settings = readSettings();
const args = argumentsIn(settings);
const { protected: protect } = settings;
const { trails } = new AuditTrails("audit", args, { protect });

new yandex.StorageBucket("shop", { folderId: args.folderId, bucket: process.env.SHOP_BUCKET ?? "shop" });

const account = trails.organization?.serviceAccountId;
const { ROLE: role } = process.env;
if (role && account)
  new yandex.ResourcemanagerFolderIamMember("shop-role", {
    folderId: args.folderId,
    role,
    member: account.apply((id) => `serviceAccount:${id}`),
  });

export const { trailStatus } = trails.organization ?? {};
