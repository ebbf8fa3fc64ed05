import { defaultFolder, inSession, runCommand } from "./session";

// Everything after `npm run audit-trails --` is the command's.
runCommand(() =>
  inSession({ folder: defaultFolder }, (session) => session.auditTrails(process.argv.slice(2))),
);
