import { defaultFolder, inSession, runCommand } from "./session";

// All arguments after `npm run pulumi --` belong to the CLI.
runCommand(() => inSession({ folder: defaultFolder }, (session) => session.pulumi(process.argv.slice(2))));
