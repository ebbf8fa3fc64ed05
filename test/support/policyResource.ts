import * as pulumi from "@pulumi/pulumi";

/** Resources that the SDKs of newer releases have, served by programs/policyPlugin.ts. Import it before components. */
const standIn = (type: string) =>
  class extends pulumi.CustomResource {
    constructor(name: string, args: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
      super(`policyplugin:index:${type}`, name, args, { version: "0.0.1", ...opts });
    }
  };

for (const type of ["StorageBucketPolicy", "StorageBucketIamBinding"])
  Object.defineProperty(require("@pulumi/yandex"), type, { enumerable: true, value: standIn(type) });
