import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../../settings/read";
import { buildStack } from "../../stack";

// The project's program as it was: its durations were not in the form that newer releases of the provider show.
pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
  type.endsWith(":KmsSymmetricKey") ? { props: { ...props, rotationPeriod: "8760h" }, opts } : undefined,
);

export const { trails } = buildStack(readSettings());
