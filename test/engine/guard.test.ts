import { diagnosticsOf, LocalStack, programOf } from "../support/localStack";

/** The argument of each part that the program gives a wrong text. */
const wrong = {
  AuditTrails: "bucketName",
  EncryptionKey: "rotationPeriod",
  LogBucket: "name",
  Trail: "scopes.0.resourceId",
  TrailServiceAccount: "scopes..resourceId",
};

const stackLine = "pulumi:pulumi:Stack (yandex-audit-trails-dev):";
const listOf = ([part, path]: readonly [string, string], outcome: string) => [
  `error: ${part} "part": 1 invalid argument. ${outcome}.`,
  expect.stringMatching(new RegExp(`^- ${path}: must (be|consist of) .*, not "wrong_/"$`)),
];

test("for wrong arguments up prints only the list of faults", async () => {
  await using local = await LocalStack.start();
  const { output } = await local.failingUp({}, { program: programOf("guard") });
  const first = ["AuditTrails", wrong.AuditTrails] as const;
  expect(diagnosticsOf(output)).toEqual([stackLine, ...listOf(first, "None of its resources was changed")]);
});

test("an output without a known value is no fault in a preview, and up prints only the faults of each part and creates nothing with the value", async () => {
  await using local = await LocalStack.start();
  const options = { program: programOf("guard"), environment: { LATE: "yes" } };
  const { output: preview } = await (await local.open({}, options)).preview();
  expect(preview).not.toContain("error");
  const { output, failed } = await local.failingUp({}, options);
  const printed = diagnosticsOf(output);
  for (const each of Object.entries(wrong)) {
    const [title, fault] = listOf(each, "Nothing was created with it");
    const at = printed.indexOf(title);
    expect([each, printed.slice(at, at + 2)]).toEqual([each, [title, fault]]);
  }
  expect(printed).toHaveLength(1 + 2 * Object.keys(wrong).length);
  expect(failed).toEqual([]);
  expect(JSON.stringify(local.emulator.cloud.tree.all())).not.toContain("wrong_/");
});
