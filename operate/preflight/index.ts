import { Command, InvalidArgumentError } from "commander";
import type { Subject } from "../../api/identity";
import { UsageError } from "../exitCodes";
import { withProgress } from "../progress";
import { commandConnection } from "../stack/profile";
import { type Ids, planOfIds } from "./plan";
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
  new Command("preflight")
    .description(
      "Checks whether a set-up can be made with the credentials at hand, before anything is made: roles, names, quotas, what " +
        "exists already. With --stack it asks pulumi in the current folder what the stack is to be; with ids it takes the " +
        "defaults of the components. It changes nothing.",
    )
    .option("--stack <name>", "name of the stack, which need not have any resource yet")
    .option("--organization-id <id>", "instead of a stack: the organization whose audit logs are delivered")
    .option("--folder-id <id>", "instead of a stack: the folder of the trail, and of what is made for it")
    .option("--bucket-name <name>", "instead of a stack: the bucket")
    .option("--bucket-folder-id <id>", "the folder of the bucket, if it exists")
    .option("--key-id <id>", "the key of the logs, if it exists")
    .option("--service-account-id <id>", "the trail's service account, if it exists")
    .option(
      "--subject <type:id>",
      "whose the credentials are, where the API does not say, such as userAccount:<id>; yc iam whoami says it",
      subjectIn,
    )
    .option("--json", "for programs")
    .addHelpText(
      "after",
      "\nExit codes: 0 all is ok, 1 a problem, 2 no problem and something unknown, 3 wrong options, 70 a defect of this program.",
    )
    .action(async (options: Options) => {
      const { stack, subject, json } = options;
      const { plan, connection, check } = await planned(options);
      const { checks, deployer } = await withProgress(
        "Asking the cloud",
        preflight(plan, connection, subject),
      );
      const report = reportOf(check ? [check, ...checks] : checks, { stack, deployer });
      process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : textOf(report));
      process.exitCode = exitCodeOf(report);
    });

async function planned({ stack, organizationId, folderId, bucketName, ...ids }: Options) {
  if (stack !== undefined) {
    if (organizationId || folderId || bucketName)
      throw new UsageError("Give --stack or ids, not both: the stack says what it is to be.");
    return planStack(stack);
  }
  if (!organizationId || !folderId || !bucketName)
    throw new UsageError(
      "Give --stack, or --organization-id, --folder-id and --bucket-name. See audit-trails preflight --help.",
    );
  const plan = planOfIds({ organizationId, folderId, bucketName, ...ids });
  return { plan, connection: commandConnection({}), check: undefined };
}

/** Somebody as the vendor's CLI names them. */
function subjectIn(text: string): Subject {
  const [, type = "", id = ""] = /^(serviceAccount|userAccount|federatedUser):([\w.-]+)$/.exec(text) ?? [];
  if (!id)
    throw new InvalidArgumentError("It must be serviceAccount:<id>, userAccount:<id> or federatedUser:<id>.");
  return { type, id };
}
