import { ensureToolchain, ToolchainError } from ".";

ensureToolchain(console.log).catch((error: unknown) => {
  console.error(error instanceof ToolchainError ? error.message : error);
  process.exitCode = 1;
});
