import { defaultFolder, inSession, runCommand } from "./session";

// All arguments after `npm run audit-trails --` belong to the command.
runCommand(() =>
  inSession({ folder: defaultFolder }, (session) => session.auditTrails(process.argv.slice(2))),
);
