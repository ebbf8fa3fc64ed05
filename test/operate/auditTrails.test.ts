import { spawn } from "node:child_process";
import { once } from "node:events";

test("the command does not fail if its reader stops early, as head does", async () => {
  const command = spawn(process.execPath, ["operate/audit-trails.cjs", "diff", "--help"]);
  command.stdout.destroy();
  let said = "";
  command.stderr.on("data", (data) => {
    said += data;
  });
  const [exitCode] = await once(command, "close");
  expect([exitCode, said]).toEqual([0, ""]);
});
