#!/usr/bin/env node
import { reportDefect, run } from "./run";

// Without these Node would end with 1, which says that something was found.
process.on("uncaughtException", (error) => process.exit(reportDefect(error)));
// Whoever reads has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

// A reader may stop early, as head does. The command goes on to its end, and keeps its exit code.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

void run(process.argv.slice(2));
