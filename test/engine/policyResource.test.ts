import { typeOf } from "../support/localStack";
import { policies, policyType, startNewer } from "../support/newerStack";

test("the policy is created after the bucket, does not drift, and is removed from a protected stack with its key", async () => {
  await using stack = await startNewer();
  const { local, newer, access, policyOf } = stack;
  await local.up({ access }, newer);
  expect(policyOf()).toBeDefined();
  expect(await policies(local)).toHaveLength(1);
  const trail = (await local.resources()).find(({ type }) => type.endsWith(":AuditTrailsTrail"));
  expect(trail?.dependencies?.map(typeOf)).toContain(policyType);
  await local.expectSettled({ access }, newer);

  await expect((await local.open({ access }, newer)).destroy()).rejects.toThrow("protected");
  expect(stack.removals()).toBe(0);
  expect(await policies(local)).toHaveLength(1);

  const { changes } = await local.up({}, newer);
  expect(changes.delete).toBe(1);
  expect(stack.removals()).toBe(1);
  expect(policyOf()).toBeUndefined();
  await local.expectSettled({}, newer);
});
