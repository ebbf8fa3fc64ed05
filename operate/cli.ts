#!/usr/bin/env node
import { reportDefect, run } from "./run";

// Without these Node would end with 1, which says that something was found.
process.on("uncaughtException", (error) => process.exit(reportDefect(error)));
// Whoever reads has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

void run(process.argv.slice(2));
