#!/usr/bin/env node
import { adoptCommand } from "./adopt";
import { diffCommand } from "./diff";
import { preflightCommand } from "./preflight";
import { recoverCommand } from "./recover";
import { reportDefect, run } from "./run";
import { verifyCommand } from "./verify";

// Without these Node would end with 1, which says that something was found.
process.on("uncaughtException", (error) => process.exit(reportDefect(error)));
// Whoever reads has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

void run([adoptCommand, diffCommand, preflightCommand, recoverCommand, verifyCommand], process.argv.slice(2));
