import { diagnosticsOf, LocalStack, programOf } from "../support/localStack";

const parts = [
  { PART: "AuditTrails", path: "bucketName" },
  { PART: "EncryptionKey", path: "rotationPeriod" },
  { PART: "LogBucket", path: "name" },
  { PART: "Trail", path: "scopes.0.resourceId" },
  { PART: "TrailServiceAccount", path: "scopes..resourceId" },
];

const listOf = (part: string, path: string, outcome: string) => [
  "pulumi:pulumi:Stack (yandex-audit-trails-dev):",
  `error: ${part} "part" has an argument that cannot be; ${outcome}.`,
  expect.stringMatching(new RegExp(`^- ${path}: must be .*, not "wrong_/"$`)),
];

test.each(parts)("of wrong arguments of $PART up prints the list alone", async ({ PART, path }) => {
  await using local = await LocalStack.start();
  const { output } = await local.failingUp({}, { program: programOf("guard"), environment: { PART } });
  expect(diagnosticsOf(output)).toEqual(listOf(PART, path, "nothing of it was changed"));
});

test.each(parts)(
  "a value of $PART that comes late is no fault in a preview; up prints the list alone, and makes nothing with it",
  async ({ PART, path }) => {
    await using local = await LocalStack.start();
    const options = { program: programOf("guard"), environment: { PART, LATE: "yes" } };
    const { output: preview } = await (await local.open({}, options)).preview();
    expect(preview).not.toContain("error");
    const { output, failed } = await local.failingUp({}, options);
    expect(diagnosticsOf(output)).toEqual(listOf(PART, path, "nothing was made with it"));
    expect(failed).toEqual([]);
    expect(JSON.stringify(local.emulator.cloud.tree.all())).not.toContain("wrong_/");
  },
);
