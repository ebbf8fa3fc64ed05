import type { SearchedResource } from "../../operate/recover/leftovers";
import { type Situation, stepsOf, textOfStep } from "../../operate/recover/steps";
import type { Surplus } from "../../operate/recover/surplus";
import type { Resource } from "../../operate/stack/engineJson";
import type { Pending } from "../../operate/state/engineRecord";

const resource = (name: string, type = "yandex-audit-trails:index:Trail"): Resource => ({
  urn: `urn:pulumi:dev::platform::${type}$yandex:index/x:X::${name}`,
  type: "yandex:index/x:X",
  ...{ inputs: {}, outputs: {}, protect: false, retainOnDelete: false, hooks: [], inputSources: {} },
});

const pending = (name: string, operation = "creating"): Pending => ({
  operation,
  resource: resource(name),
  isBookkeeping: false,
});

const found = (name: string, finding: SearchedResource["finding"]): SearchedResource => ({
  kind: "bucket",
  resource: resource(name),
  isBegun: true,
  isReplacement: false,
  finding,
});

const key = (id: string, doubt?: string): Surplus => ({
  kind: "key",
  id,
  name: "audit-key",
  folderId: "folder",
  ...(doubt && { doubt }),
});

const nothing: Situation = {
  isLocked: false,
  showsLocks: true,
  found: [],
  pending: [],
  foreign: [],
  surplus: [],
  deleteSurplusKeys: false,
};

test.each<[situation: string, given: Partial<Situation>, steps: string[]]>([
  ["nothing is left of an update", {}, []],
  ["an engine that ended has the stack locked", { isLocked: true }, ["release"]],
  [
    "a resource is in the cloud, and its creation was interrupted",
    { isLocked: true, found: [found("bucket", { outcome: "ours", id: "b" })], pending: [pending("bucket")] },
    ["release", "take", "clear"],
  ],
  [
    "a resource may be another's, or is missing: it stays out of the state",
    { found: [found("a", { outcome: "unproven", id: "a", why: "" }), found("b", { outcome: "none" })] },
    [],
  ],
  ["another library's operation stays where nothing of ours is settled", { foreign: [pending("disk")] }, []],
  [
    "another library's operation is cleared with ours, since the CLI clears all",
    { pending: [pending("key")], foreign: [pending("disk")] },
    ["clear", "clear"],
  ],
  ["a leftover key stays, unless deletion was asked for", { surplus: [key("k")] }, []],
  [
    "a leftover key is deleted only without a doubt",
    { surplus: [key("k"), key("doubtful", "bucket b is encrypted with it")], deleteSurplusKeys: true },
    ["deleteKey"],
  ],
  [
    "a leftover of another kind is never deleted",
    { surplus: [{ ...key("b"), kind: "bucket" }], deleteSurplusKeys: true },
    [],
  ],
  [
    "the backend does not show its locks, and nothing else is to be settled",
    { showsLocks: false },
    ["releaseIfLocked"],
  ],
  [
    "the backend does not show its locks, but what is settled finds them",
    { showsLocks: false, pending: [pending("key")] },
    ["clear"],
  ],
  [
    "the backend does not show its locks: another library's operation is not cleared for that",
    { showsLocks: false, foreign: [pending("disk")] },
    [],
  ],
  [
    "the backend does not show its locks, and a key is to be deleted: no engine may hold the stack meanwhile",
    { showsLocks: false, foreign: [pending("disk")], surplus: [key("k")], deleteSurplusKeys: true },
    ["releaseIfLocked", "clear", "deleteKey"],
  ],
])("%s", (_situation, given, steps) => {
  const planned = stepsOf({ ...nothing, ...given });
  expect(planned.map(({ kind }) => kind)).toEqual(steps);
  for (const step of planned) expect(textOfStep(step)).toMatch(/^(release|import|clear|delete) /);
});
