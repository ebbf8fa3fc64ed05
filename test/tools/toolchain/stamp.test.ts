import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkStamp, writeStamp } from "../../../tools/toolchain/stamp";
import { TemporaryFolder } from "../../support/fakes";

async function stamped(change: (file: string) => void): Promise<string | undefined> {
  using folder = new TemporaryFolder();
  const file = join(folder.path, "program");
  writeFileSync(file, "contents");
  await writeStamp(folder.path, ["program"]);
  change(file);
  return await checkStamp(folder.path);
}
const later = new Date(Date.now() + 60_000);

test.each<[string, (file: string) => void, string | undefined]>([
  ["as it was written", () => {}, undefined],
  ["with another time but the same contents", (file) => utimesSync(file, later, later), undefined],
  ["with a file that is missing", (file) => rmSync(file), "program is missing"],
  ["with a file that was cut short", (file) => writeFileSync(file, "cont"), "program has been changed"],
  [
    "with other contents of the same length",
    (file) => {
      writeFileSync(file, "CONTENTS");
      utimesSync(file, later, later);
    },
    "program has been changed",
  ],
])("a folder %s has the difference %j", async (_, change, fault) => {
  expect(await stamped(change)).toBe(fault);
});

test("a folder that was not finished is not trusted", async () => {
  using folder = new TemporaryFolder();
  writeFileSync(join(folder.path, "program"), "contents");
  expect(await checkStamp(folder.path)).toBe("it is missing or incomplete");
});
