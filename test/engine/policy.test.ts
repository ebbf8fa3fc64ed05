import { TemporaryFolder } from "../support/fakes";
import { LocalStack, programOf } from "../support/localStack";
import { judged } from "../support/policyPack";

const soundProgram = { program: programOf("plainSound") };

test("debug", async () => {
  await using local = await LocalStack.start();
  using folder = new TemporaryFolder();
  const wrong = await judged(await local.open({}, { program: programOf("plainWrong") }), "preview");
  console.log(wrong.output, wrong.violations, wrong.messages.join("\n\n"));
  const r = await judged(await local.open({}, soundProgram), "preview");
  console.log(r.output);
  const u = await judged(await local.open({}, soundProgram), "up");
  console.log(u.output);
});
