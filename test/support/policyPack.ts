import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { CliError, type CliStack } from "../../tools/local/cliStack";
import { programOf, typeOf } from "./localStack";

/** The folder of the pack. */
export const packFolder = join(__dirname, "..", "..", "policy");

/** Programs of plain resources: the guide by hand, and everything that the pack has a rule against. */
export const plain = {
  sound: { program: programOf("plainSound") },
  wrong: { program: programOf("plainWrong") },
};

/** Findings of the pack in the faulty program, in the preview of its first deployment. */
export const findingsInWrong: readonly string[] = [
  "advisory bucket-versioned StorageBucket",
  "mandatory account-roles AuditTrailsTrail",
  "mandatory account-roles AuditTrailsTrail",
  "mandatory account-roles IamServiceAccount",
  "mandatory bucket-encrypted StorageBucket",
  "mandatory lock-consistent StorageBucket",
  "mandatory lock-consistent StorageBucket",
  "mandatory no-account-keys IamServiceAccountStaticAccessKey",
  "mandatory no-authoritative-bindings ResourcemanagerFolderIamBinding",
  "mandatory no-force-destroy StorageBucket",
  "mandatory no-primitive-roles ResourcemanagerFolderIamMember",
  "mandatory no-public-access ResourcemanagerFolderIamMember",
  ...Array(4).fill("mandatory no-public-access StorageBucket"),
  "mandatory nothing-removed StorageBucket",
  "mandatory organization-scope AuditTrailsTrail",
  "mandatory protected AuditTrailsTrail",
  "mandatory protected AuditTrailsTrail",
  "mandatory protected StorageBucket",
  "mandatory resources-in-stack AuditTrailsTrail",
  "mandatory resources-in-stack AuditTrailsTrail",
  "mandatory retention StorageBucket",
];

/** Result of the pack for a sound program. */
export const passes = { succeeded: true, violations: [] };

/** Result of a CLI operation with the pack. */
export interface Judged {
  readonly succeeded: boolean;
  readonly output: string;
  /** `mandatory bucket-encrypted StorageBucket`, sorted. */
  readonly violations: readonly string[];
  readonly messages: readonly string[];
}

/** Options of a run of the pack. */
export interface PackOptions {
  /** Another copy of the pack. */
  readonly pack?: string;
  /** Its configuration, and the folder to write it into. */
  readonly config?: { readonly folder: string; readonly rules: Readonly<Record<string, unknown>> };
  readonly args?: readonly string[];
}

/** Runs an operation on a stack with the policy pack. */
export async function judged(
  stack: CliStack,
  operation: "up" | "preview",
  { pack = packFolder, config, args = [] }: PackOptions = {},
): Promise<Judged> {
  const reported: { readonly what: string; readonly message: string }[] = [];
  const onEvent = ({ policyEvent }: EngineEvent) => {
    if (!policyEvent) return;
    const { enforcementLevel, policyName, resourceUrn = "", message } = policyEvent;
    reported.push({ what: `${enforcementLevel} ${policyName} ${typeOf(resourceUrn)}`, message });
  };
  const file = config && join(config.folder, "policy.json");
  if (file) writeFileSync(file, JSON.stringify(config.rules));
  const options = ["--policy-pack", pack, ...(file ? ["--policy-pack-config", file] : []), ...args];
  const result = await stack[operation]({ args: options, onEvent }).then(
    ({ output }) => ({ succeeded: true, output }),
    (error: unknown) => {
      if (error instanceof CliError) return { succeeded: false, output: error.message };
      throw error;
    },
  );
  return {
    ...result,
    violations: reported.map(({ what }) => what).sort(),
    messages: reported.map(({ message }) => message),
  };
}
