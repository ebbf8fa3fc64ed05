import { isThere, policies, policyType, startNewer } from "../support/newerStack";

test("a kept bucket keeps its policy when the stack is destroyed, and when another bucket replaces it", async () => {
  await using stack = await startNewer();
  const { local, newer, access, policyOf } = stack;
  const config = { access, protected: "false" };
  await local.up(config, newer);
  const trails = { organization: { name: "another-trail" } };
  await local.up({ ...config, bucketName: "another-bucket", trails }, newer);
  expect(policyOf("another-bucket")).toBeDefined();
  expect(policyOf()).toBeDefined();

  await (await local.open(config, newer)).destroy();
  expect(await local.resources()).toEqual([]);
  expect(policyOf("another-bucket")).toBeDefined();
  expect(policyOf()).toBeDefined();
  expect(stack.removals()).toBe(0);
});

test("a bucket with logs that is not deleted keeps its policy, and the next up manages it again", async () => {
  await using stack = await startNewer();
  const { local, newer, access, policyOf } = stack;
  const config = { access, protected: "false", onRemoval: "deleteIfEmpty" };
  await local.up(config, newer);
  local.emulator.cloud.clock.advance({ minutes: 5 });
  const destroyed = (await local.open(config, newer)).destroy({ args: ["--run-program"] });
  await expect(destroyed).rejects.toThrow("The bucket holds audit logs");
  expect(policyOf()).toBeDefined();
  expect(stack.removals()).toBe(0);
  await local.up({ access }, newer);
  expect(await policies(local)).toHaveLength(1);
});

test("a deleted bucket is deleted with its policy", async () => {
  await using stack = await startNewer();
  const { local, newer, access } = stack;
  const config = {
    access: { ...access, denyDelete: false },
    protected: "false",
    onRemoval: "deleteWithLogs",
  };
  await local.up(config, newer);
  local.emulator.cloud.clock.advance({ minutes: 5 });
  await (await local.open(config, newer)).destroy({ args: ["--run-program"] });
  expect(await policies(local)).toEqual([]);
  expect(local.emulator.cloud.buckets.all()).toEqual([]);
});

// Needs both kinds of release.
(isThere ? test.skip : test)(
  "a stack moves to the newer release and back, and its bucket always has the policy with denyDelete",
  async () => {
    await using stack = await startNewer();
    const { local, newer, policyOf } = stack;
    const access = { ...stack.access, readers: ["reader"] };
    await local.up({ access: stack.access });
    const before = policyOf();
    expect(JSON.stringify(before)).toContain("nobody-deletes");

    // There: the first preview says what moves, and a plain up moves it.
    const preview = await (await local.open({ access: stack.access }, newer)).preview();
    expect(preview.output).toContain(
      'The policy of bucket audit-logs becomes a separate resource, "audit-trails-bucket-policy"',
    );
    const { same: _, ...others } = preview.changes;
    expect(others).toEqual({ create: 1 });
    await local.up({ access: stack.access }, newer);
    expect(policyOf()).toEqual(before);
    await local.expectSettled({ access: stack.access }, newer);
    await local.up({ access }, newer);
    const changed = policyOf();
    expect(changed).not.toEqual(before);

    // Back: the resource stays where it is while the bucket takes the policy over, and then leaves the state alone.
    await local.up({ access }, {}, { args: ["--exclude", `**${policyType}**`] });
    for (const { urn } of await policies(local)) await stack.run("state", "delete", "--yes", urn);
    await local.expectSettled({ access });
    expect(policyOf()).toEqual(changed);
    expect(stack.removals()).toBe(0);

    // From here on the bucket's own property rules again.
    await local.up();
    expect(policyOf()).toBeUndefined();
  },
);

(isThere ? test.skip : test)(
  "if access is removed with the move to the newer release, the policy stays on the bucket, and a preview reports it",
  async () => {
    await using stack = await startNewer();
    const { local, newer, access, policyOf } = stack;
    await local.up({ access });
    const before = policyOf();
    const kept =
      "Bucket audit-logs keeps the policy that it had when it was last read, although `access` is not set";
    expect((await (await local.open({}, newer)).preview()).output).toContain(kept);
    await local.up({}, newer);
    expect(policyOf()).toEqual(before);

    // The way that the sentence names.
    await local.up({ access }, newer);
    await local.up({}, newer);
    expect(policyOf()).toBeUndefined();
  },
);
