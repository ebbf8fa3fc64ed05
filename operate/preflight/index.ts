import { type Command, InvalidArgumentError } from "commander";
import type { Subject } from "../../api/identity";
import { UsageError } from "../exitCodes";
import { newCommand, printJson } from "../newCommand";
import { withProgress } from "../progress";
import { commandConnection } from "../stack/profile";
import { type Ids, planOfIds } from "./planOfArgs";
import { preflight } from "./preflight";
import { exitCodeOf, reportOf, textOf } from "./report";
import { planStack } from "./stack";

interface Options extends Partial<Ids> {
  readonly stack?: string;
  readonly subject?: Subject;
  readonly json?: boolean;
}

/** `audit-trails preflight`. */
export const preflightCommand = (): Command =>
  newCommand({
    name: "preflight",
    description:
      "Checks whether your credentials can create a set-up, before you create it: roles, names, quotas, existing resources. " +
      "With --stack it runs pulumi in the current folder to get the planned resources. With ids it uses the " +
      "defaults of the components. It changes nothing.",
    examples: [
      "preflight --stack prod",
      "preflight --organization-id bpf... --folder-id b1g... --bucket-name acme-audit-logs",
    ],
    endings: { 0: "all ok", 1: "problem found", 2: "unknown, no problem found", 3: "usage error" },
  })
    .option("--stack <name>", "name of the stack, which may be empty")
    .option("--organization-id <id>", "without --stack: the organization whose audit logs are delivered")
    .option("--folder-id <id>", "without --stack: the folder of the trail and of its new resources")
    .option("--bucket-name <name>", "without --stack: the bucket")
    .option("--bucket-folder-id <id>", "the folder of the bucket, if it exists")
    .option("--key-id <id>", "the key of the logs, if it exists")
    .option("--service-account-id <id>", "the trail's service account, if it exists")
    .option(
      "--subject <type:id>",
      "owner of the credentials, if the API does not name it, such as userAccount:<id>; yc iam whoami prints it",
      subjectIn,
    )
    .option("--json", "print the report as JSON")
    .action(async (options: Options) => {
      const { stack, subject, json } = options;
      const { plan, connection, check } = await planned(options);
      const { checks, deployer } = await withProgress(
        "Reading the cloud",
        preflight(plan, connection, subject),
      );
      const report = reportOf(check ? [check, ...checks] : checks, { stack, deployer });
      if (json) printJson(report);
      else process.stdout.write(textOf(report));
      process.exitCode = exitCodeOf(report);
    });

async function planned({ stack, organizationId, folderId, bucketName, ...ids }: Options) {
  if (stack !== undefined) {
    if (organizationId || folderId || bucketName)
      throw new UsageError("Give --stack or ids, not both: the program of the stack has the ids.");
    return planStack(stack);
  }
  if (!organizationId || !folderId || !bucketName)
    throw new UsageError(
      "Give --stack, or --organization-id, --folder-id and --bucket-name. See audit-trails preflight --help.",
    );
  const plan = planOfIds({ organizationId, folderId, bucketName, ...ids });
  return { plan, connection: commandConnection({}), check: undefined };
}

/** Reads a subject in the form of the vendor's CLI. @throws {InvalidArgumentError} for any other text. */
function subjectIn(text: string): Subject {
  const [, type = "", id = ""] = /^(serviceAccount|userAccount|federatedUser):([\w.-]+)$/.exec(text) ?? [];
  if (!id)
    throw new InvalidArgumentError("It must be serviceAccount:<id>, userAccount:<id> or federatedUser:<id>.");
  return { type, id };
}
