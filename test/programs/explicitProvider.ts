import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { AuditTrails } from "../../components";
import { readSettings } from "../../settings/read";
import { argumentsIn } from "../../stack";

/** A larger program, from which the component inherits an explicit provider: `PROVIDER` has its arguments, as JSON. */
const provider = new yandex.Provider("own", JSON.parse(process.env.PROVIDER ?? "{}"));
const args = argumentsIn(readSettings());

class Platform extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("test:index:Platform", name, {}, opts);
  }
}

const parent = new Platform("platform", { providers: [provider] });
const { trails } = new AuditTrails("audit", args, { parent });
export const status = trails.organization?.trailStatus;
