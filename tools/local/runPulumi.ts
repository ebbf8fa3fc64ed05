import { defaultFolder, inSession, runCommand } from "./session";

// Everything after `npm run pulumi --` is the CLI's.
runCommand(() => inSession({ folder: defaultFolder }, (session) => session.pulumi(process.argv.slice(2))));
