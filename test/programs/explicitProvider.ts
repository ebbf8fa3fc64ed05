import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { AuditTrails } from "../../components";
import { readSettings } from "../../settings/read";
import { argumentsIn } from "../../stack";

/** A larger program that gives the component a provider of its own: `PROVIDER` has its arguments, as JSON. */
const provider = new yandex.Provider("own", JSON.parse(process.env.PROVIDER ?? "{}"));
const args = argumentsIn(readSettings());

class Platform extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("test:index:Platform", name, {}, opts);
  }
}

const opts =
  process.env.PROVIDER_AS === "parent"
    ? { parent: new Platform("platform", { providers: [provider] }) }
    : { providers: [provider] };
const { trails } = new AuditTrails("audit", args, opts);
export const status = trails.organization?.trailStatus;
