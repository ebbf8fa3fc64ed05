import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { SecurityBaseline } from "./securityBaseline";

const config = new pulumi.Config();
const folderId = config.require("folderId");

const provider = new yandex.Provider("security", { folderId, token: config.requireSecret("token") });

const baseline = new SecurityBaseline(
  "baseline",
  {
    organizationId: config.require("organizationId"),
    folderId,
    bucketName: config.require("bucketName"),
  },
  { providers: [provider] },
);

export const { logs, collectorName } = baseline;
