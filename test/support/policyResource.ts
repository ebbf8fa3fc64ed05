import * as pulumi from "@pulumi/pulumi";

/** Gives the SDK of this release what the SDKs of newer ones have, served by programs/policyPlugin.ts. Import it before components. */
class StorageBucketPolicy extends pulumi.CustomResource {
  constructor(name: string, args: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    super("policyplugin:index:StorageBucketPolicy", name, args, { version: "0.0.1", ...opts });
  }
}

Object.defineProperty(require("@pulumi/yandex"), "StorageBucketPolicy", {
  enumerable: true,
  value: StorageBucketPolicy,
});
