#!/usr/bin/env node
import { run } from "./run";

// A reader may stop early, as head does. The command goes on to its end, and keeps its exit code.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

void run(process.argv.slice(2));
