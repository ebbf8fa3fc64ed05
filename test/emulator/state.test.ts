import { spawnSync } from "node:child_process";
import fs, {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../emulator";
import { Cloud } from "../../emulator/backend/cloud";
import { StateFileError } from "../../emulator/backend/journal";
import { Store } from "../../emulator/backend/store";
import { Api, keyRequest, setUpTrail } from "../support/api";
import { byDeployer } from "../support/localStack";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-trails-test-"));
  file = join(folder, "deep", "cloud.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a cloud continues from its file unchanged, with its clock", async () => {
  const before = await (async () => {
    await using emulator = await startEmulator({ stateFile: file });
    using api = new Api(emulator);
    await setUpTrail(emulator, api);
    emulator.cloud.clock.advance({ hours: 100 });
    return { state: emulator.cloud.store.export(), now: emulator.cloud.clock.now() };
  })();
  const after = new Cloud({ stateFile: file });
  expect(after.store.export()).toEqual(before.state);
  expect(after.clock.now().getTime()).toBeGreaterThanOrEqual(before.now.getTime());
});

test("a state file can be read by its owner alone, also if everybody could read it before, and after it is rewritten", () => {
  const modes = () => statSync(file).mode & 0o777;
  const store = new Store(file);
  expect(modes()).toBe(0o600);
  chmodSync(file, 0o644);
  writeFileSync(`${file}.new`, "cut off", { mode: 0o644 });
  expect(modes()).toBe(0o644);
  new Store(file);
  expect(modes()).toBe(0o600);
  store.table<string>("rows").put("a", "first");
  store.commit();
  expect(modes()).toBe(0o600);
});

test("after a write that is cut off anywhere, the file opens with the last complete commit", () => {
  const store = new Store(file);
  const rows = store.table<string>("rows");
  rows.put("a", "first");
  store.commit();
  const whole = readFileSync(file, "utf8");
  rows.put("a", "second");
  rows.put("b", "second");
  store.commit();
  const longer = readFileSync(file, "utf8");
  for (let length = whole.length; length <= longer.length; length += 1) {
    writeFileSync(file, longer.slice(0, length));
    const found = new Store(file).export().tables.rows;
    expect(found).toEqual(length === longer.length ? { a: "second", b: "second" } : { a: "first" });
  }
});

test("a journal with many changes of the same rows stays small, and loses nothing", () => {
  const store = new Store(file);
  const rows = store.table<string>("rows");
  for (let i = 0; i < 50_000; i += 1) {
    rows.put("a", `value ${i}`);
    if (i % 100 === 0) store.commit();
  }
  store.commit();
  expect(readFileSync(file, "utf8").split('"rows"').length).toBeLessThan(25_000);
  expect(new Store(file).export().tables.rows).toEqual({ a: "value 49999" });
});

test("rows that were deleted stay deleted", () => {
  const store = new Store(file);
  store.table<string>("rows").put("a", "first");
  store.commit();
  store.table<string>("rows").delete("a");
  store.commit();
  expect(new Store(file).table("rows").get("a")).toBeUndefined();
});

test("a file of a newer version or another kind is refused, and left as it is", () => {
  new Store(file);
  const newer = JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), version: 2 });
  writeFileSync(file, `${newer}\n`);
  expect(() => new Store(file)).toThrow("has version 2; this local cloud reads up to version 1");
  expect(readFileSync(file, "utf8")).toBe(`${newer}\n`);
  writeFileSync(file, '{"some":"json"}\n');
  expect(() => new Store(file)).toThrow("is not a state file of the local cloud");
  writeFileSync(file, "no json\n");
  expect(() => new Store(file)).toThrow("is not a state file of the local cloud");
});

test.each([
  ["no JSON", "[[broken"],
  ["JSON of another kind", '{"not": "changes"}'],
  ["changes of another form", '["rows"]'],
  ["empty", ""],
])("a line in the middle that is %s is named, with the file, and nothing is changed", (_, line) => {
  const store = new Store(file);
  store.table<string>("rows").put("a", "first");
  store.commit();
  const broken = `${readFileSync(file, "utf8")}${line}\n[["rows","b","second"]]\n`;
  writeFileSync(file, broken);
  expect(() => new Store(file)).toThrow(StateFileError);
  expect(() => new Store(file)).toThrow(
    `${file} is broken in line 3. It was not changed. Restore a copy of it, or name another file.`,
  );
  expect(readFileSync(file, "utf8")).toBe(broken);
});

test("after a failed write nothing more is written, since it could follow half a line", () => {
  const store = new Store(file);
  const rows = store.table<string>("rows");
  rmSync(file);
  mkdirSync(file);
  rows.put("a", "first");
  expect(() => store.commit()).toThrow(StateFileError);
  expect(() => store.commit()).toThrow(`${file} cannot be written: EISDIR. Repair that`);
  rmSync(file, { recursive: true });
  expect(() => store.commit()).toThrow("cannot be written");
  expect(existsSync(file)).toBe(false);
});

test("a full disk is reported as one", () => {
  const store = new Store(file);
  store.table<string>("rows").put("a", "first");
  const full = jest.spyOn(fs, "appendFileSync").mockImplementation(() => {
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  });
  try {
    expect(() => store.commit()).toThrow(`${file} cannot be written: the disk is full.`);
  } finally {
    full.mockRestore();
  }
});

test("a state file that cannot be read is named", () => {
  mkdirSync(file, { recursive: true });
  expect(() => new Store(file)).toThrow(`${file} cannot be read: EISDIR. Name another file.`);
});

test("one cloud at a time has a file open, and a killed or ended one does not block it", async () => {
  {
    await using emulator = await startEmulator({ stateFile: file });
    await expect(startEmulator({ stateFile: file })).rejects.toThrow(
      `${file} is in use by the local cloud of process ${process.pid}, whose web page is ${emulator.adminUrl}. Use that one, stop it, or name another file.`,
    );
    expect(statSync(`${file}.open`).mode & 0o777).toBe(0o600);
  }
  expect(existsSync(`${file}.open`)).toBe(false);
  const dead = spawnSync("true").pid;
  for (const holder of [
    { pid: dead },
    // Its number is that of another process by now.
    { pid: process.ppid, running: { adminUrl: "http://127.0.0.1:1" } },
    { pid: process.pid },
    "half writ",
  ]) {
    writeFileSync(`${file}.open`, JSON.stringify(holder));
    await using emulator = await startEmulator({ stateFile: file });
    expect([holder, emulator.adminUrl]).toEqual([holder, expect.stringContaining("http://")]);
  }
});

test("a folder that cannot be created is reported as a fault of the file", async () => {
  writeFileSync(join(folder, "taken"), "");
  const stateFile = join(folder, "taken", "deep", "cloud.jsonl");
  await expect(startEmulator({ stateFile })).rejects.toThrow(
    `${stateFile} cannot be written: ENOTDIR. Repair that`,
  );
});

test("a cloud that could not start releases its file", async () => {
  await using other = await startEmulator();
  const adminPort = Number(new URL(other.adminUrl).port);
  await expect(startEmulator({ stateFile: file, adminPort })).rejects.toThrow("EADDRINUSE");
  expect(existsSync(`${file}.open`)).toBe(false);
});

test("a commit is in the file before the answer, however the process ends", async () => {
  await using emulator = await startEmulator({ stateFile: file });
  using api = new Api(emulator);
  const keyId = await api.createKey("key");
  const copy = join(folder, "copy.jsonl");
  writeFileSync(copy, readFileSync(file));
  appendFileSync(copy, '[["symmetricKeys","');
  expect(new Cloud({ stateFile: copy }).tree.get(keyId)).toMatchObject({ name: "key" });
});

test("an operation that fails late is in the file before the answer too", async () => {
  await using emulator = await startEmulator({ stateFile: file });
  using api = new Api(emulator);
  emulator.cloud.faults.failLate({ method: "SymmetricKeyService/Create" }, "RESOURCE_EXHAUSTED");
  const { id } = await api.call("keys", "create", keyRequest(emulator.cloud.folderId, "key"));
  const copy = join(folder, "copy.jsonl");
  writeFileSync(copy, readFileSync(file));
  const { operations } = new Cloud({ stateFile: copy });
  expect(operations.get(byDeployer(emulator), id, () => true)).toMatchObject({ error: {}, done: true });
});

test("the same seed gives the same ids in any order of calls, and another seed gives others", async () => {
  const idsOf = async (seed: string, names: string[]) => {
    await using emulator = await startEmulator({ seed });
    using api = new Api(emulator);
    await Promise.all(names.map((name) => api.createKey(name)));
    const keys = emulator.cloud.tree.all().filter(({ type }) => type === "kms.symmetricKey");
    return Object.fromEntries(keys.map(({ name, id }) => [name, id]));
  };
  const ids = await idsOf("a", ["x", "y", "z"]);
  expect(await idsOf("a", ["z", "y", "x"])).toEqual(ids);
  expect(Object.values(await idsOf("b", ["x", "y", "z"]))).not.toEqual(expect.arrayContaining([ids.x]));
  expect(Object.values(ids).every((id) => /^abj[0-9a-v]{17}$/.test(id))).toBe(true);
});

test("Pulumi.dev.yaml names the ids that the default seed gives", () => {
  const { organizationId, folderId } = new Cloud();
  const stack = readFileSync("Pulumi.dev.yaml", "utf8");
  expect(stack).toContain(`organizationId: ${organizationId}\n`);
  expect(stack).toContain(`folderId: ${folderId}\n`);
});

test("a state is not imported over another, and a newer version is not imported", () => {
  const { store } = new Cloud();
  const state = store.export();
  new Cloud({ stateFile: file });
  const before = readFileSync(file, "utf8");
  expect(() => new Cloud({ stateFile: file, state })).toThrow("has a state already");
  expect(readFileSync(file, "utf8")).toBe(before);
  expect(() => new Cloud({ state: { ...state, version: 2 } })).toThrow("has version 2");
});

test("a cloud that was imported into a file continues from that file", () => {
  const exported = new Cloud({ seed: "one" });
  new Cloud({ stateFile: file, state: exported.store.export(), seed: "two" });
  expect(new Cloud({ stateFile: file, seed: "three" }).folderId).toBe(exported.folderId);
});
