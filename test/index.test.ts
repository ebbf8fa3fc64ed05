import * as pulumi from "@pulumi/pulumi";
import { requireReady } from "../preflight";

jest.mock("../preflight", () => ({ requireReady: jest.fn() }));
jest.mock("../stack", () => ({ buildStack: () => "built" }));

const required = { organizationId: "bpf1", folderId: "b1g1", bucketName: "audit-logs", protected: "true" };

test.each<[what: string, preflight: string, isPreview: boolean, checks: number]>([
  ["an update with the key preflight: it", "true", false, 1],
  ["a preview with the key: it never", "true", true, 0],
  ["an update without the key: it never", "false", false, 0],
])("%s checks its needs first", async (_what, preflight, isPreview, checks) => {
  jest.mocked(requireReady).mockReset();
  const values = { ...required, preflight };
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(values).map(([key, value]) => [`yandex-audit-trails:${key}`, value])),
  );
  await pulumi.runtime.setMocks(
    { newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) },
    "yandex-audit-trails",
    "dev",
    isPreview,
  );
  const program = jest.requireActual<() => Promise<unknown>>("../index");
  expect(await program()).toBe("built");
  expect(jest.mocked(requireReady).mock.calls).toHaveLength(checks);
});
