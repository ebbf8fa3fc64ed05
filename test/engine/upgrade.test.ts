import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { version } from "../../package.json";
import type { KeptRelease } from "../support/keptStacks";
import { LocalStack } from "../support/localStack";

const data = join(__dirname, "..", "data");
const releases = readdirSync(data).flatMap((file) => /^state-(.+)\.json$/.exec(file)?.[1] ?? []);
const stacks = releases.flatMap((release) => {
  const kept: KeptRelease = JSON.parse(readFileSync(join(data, `state-${release}.json`), "utf8"));
  return kept.stacks.map((stack) => ({ release, ...stack }));
});

/** Properties that name whose a resource is, or describe it: an upgrade may change them. */
const harmless = /^(labels|tags|description)\b/;

test("the states of this release are kept", () => {
  expect(releases).toContain(version);
});

test.each(stacks)("a stack of $release is taken over: $name", async ({ configuration, ...kept }) => {
  await using local = await LocalStack.restore(kept);
  const { tree } = local.emulator.cloud;
  const idsInCloud = () => tree.all().map(({ id }) => id);
  const before = { resources: await local.resources(), ids: idsInCloud() };
  expect(before.resources.length).toBeGreaterThan(0);

  const news: string[] = [];
  const onEvent = ({ resourcePreEvent }: EngineEvent) => {
    const { op = "", urn, detailedDiff, diffs } = resourcePreEvent?.metadata ?? {};
    // A provider is not of the cloud: another release of it shows as an update, and one that is used newly as made.
    if (["", "same", "refresh"].includes(op) || urn?.includes("pulumi:providers:")) return;
    const changed = detailedDiff ? Object.keys(detailedDiff) : (diffs ?? []);
    if (op !== "update" || !changed.every((path) => harmless.test(path)))
      news.push(`${op} ${urn} ${changed}`);
  };
  const { trails } = await local.up(configuration, {}, { args: ["--refresh"], onEvent });

  expect(news).toEqual([]);
  const identities = (resources: typeof before.resources) => resources.map(({ urn, id }) => `${urn} ${id}`);
  expect(identities(await local.resources()).sort()).toEqual(identities(before.resources).sort());
  expect(idsInCloud()).toEqual(before.ids);
  for (const { trailStatus } of Object.values<{ trailStatus: string }>(trails))
    expect(trailStatus).toBe("ACTIVE");
});
