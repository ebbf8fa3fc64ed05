/** Runs a command in this process. @returns what it printed, and its exit code. */
export async function printedBy(
  command: () => Promise<void>,
): Promise<{ readonly out: string; readonly error: string; readonly code: number | undefined }> {
  const printed = { stdout: "", stderr: "" };
  const before = process.exitCode;
  const spies = (["stdout", "stderr"] as const).map((name) =>
    jest.spyOn(process[name], "write").mockImplementation((text) => {
      printed[name] += text;
      return true;
    }),
  );
  process.exitCode = undefined;
  try {
    await command();
    const code = process.exitCode as number | undefined;
    return { out: printed.stdout, error: printed.stderr, code };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = before;
  }
}
