import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { backendOf, stackFileOf } from "../../../local/state";
import { atTrail, firstUp } from "../../support/killedOperations";
import { expectRecovered, undisturbed } from "../../support/kills";
import type { LocalStack } from "../../support/localStack";

describe("files of the stack are lost or cut off by a kill; recover and `up` give exactly what an `up` gives where", () => {
  let wanted: object;
  beforeAll(async () => {
    wanted = await undisturbed(firstUp);
  });

  test.each<[name: string, told: string, spoil: (local: LocalStack) => void]>([
    [
      "the state is cut off in the middle",
      "It is restored from",
      ({ folder }) => {
        const file = stackFileOf(folder);
        const text = readFileSync(file);
        writeFileSync(file, text.subarray(0, text.length / 2));
      },
    ],
    [
      "the state's checksum is cut off",
      "only holds a checksum",
      ({ folder }) => writeFileSync(`${stackFileOf(folder)}.attrs`, ""),
    ],
    [
      "state, backup and history are lost",
      "make an empty stack",
      ({ folder }) => {
        for (const name of ["stacks", "history"])
          rmSync(join(backendOf(folder), ".pulumi", name), { recursive: true, force: true });
      },
    ],
    [
      "the state is cut off, and backup and history are lost",
      "there is no copy that can",
      ({ folder }) => {
        rmSync(join(backendOf(folder), ".pulumi", "history"), { recursive: true, force: true });
        for (const file of globSync(`${stackFileOf(folder)}*`)) rmSync(file);
        writeFileSync(stackFileOf(folder), "{");
      },
    ],
  ])("%s", async (_name, told, spoil) => {
    const options = "--begin-anew";
    expect(await expectRecovered(firstUp, wanted, { ...atTrail, spoil, options })).toContain(told);
  });
});
