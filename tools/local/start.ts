import { relative } from "node:path";
import { parseArgs } from "node:util";
import { readNewestLog } from "./logs";
import { reportOf, type TrailReport } from "./report";
import { defaultFolder, inSession, runCommand, type Session, stateFileOf } from "./session";
import { outputsOf, stackName, stateOf } from "./state";

const help = `Delivers audit logs on a local Yandex Cloud, with the real Pulumi CLI and the real provider.

  npm start                      continues from the state of the last run in .local
  npm start -- --fresh           deletes that state first
  npm start -- --folder FOLDER   keeps the state in another folder
`;

const update = ["up", "--stack", stackName, "--yes", "--skip-preview", "--refresh"];

async function deploy(session: Session, folder: string): Promise<number> {
  const { emulator } = session;
  console.log(
    `Local Yandex Cloud: gRPC on ${emulator.endpoint}, Object Storage on ${emulator.storageProxy}\n\npulumi ${update.join(" ")}`,
  );
  const code = await session.pulumi(update);
  if (code !== 0) {
    console.error(
      "\nThe update did not finish. The CLI prints the reason above. The next run continues from here.",
    );
    return code;
  }

  console.log("Trails deliver every five minutes: moving the local cloud's clock forward by five.\n");
  await session.deliver();
  const state = stateOf(folder);
  for (const trail of Object.values<TrailReport>(outputsOf(state).trails)) {
    const log = await readNewestLog(emulator, trail.bucketName, trail.objectKeyPrefix);
    console.log(reportOf(state, trail, log));
  }
  console.log(`
To continue with the CLI:    npm run pulumi -- preview --diff
To check that logs arrive:   npm run audit-trails -- verify --stack ${stackName}
To search the logs:          npm run audit-trails -- search --stack ${stackName}
To browse the cloud:         npm run emulator -- --state ${relative(process.cwd(), stateFileOf(folder))}
                             (leave it open, and run the others in a second terminal)`);
  return 0;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      folder: { type: "string", default: defaultFolder },
      fresh: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const { folder, fresh } = values;
  return inSession({ folder, fresh }, (session) => deploy(session, folder));
}

runCommand(main);
