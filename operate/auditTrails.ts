#!/usr/bin/env node
import { reportDefect, run } from "./run";

// Without this, Node would exit with 1, which means that a condition for failure matched.
process.on("uncaughtException", (error) => process.exit(reportDefect(error)));
// The reader of the pipe stopped reading.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

// A reader may stop early, as `head` does. The command still runs to its end, and keeps its exit code.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

void run(process.argv.slice(2));
