import { connectionOf, openStack } from "../../../operate/engine/stack";
import { run } from "../../../operate/run";
import { searchCommand } from "../../../operate/search";
import { makeFolder } from "../../support/folder";
import { printedBy } from "../../support/printed";
import { Stack } from "../verify/stack";

jest.mock("../../../operate/engine/stack", () => ({ openStack: jest.fn(), connectionOf: jest.fn() }));

let stack: Stack;
const cache = makeFolder();

beforeAll(async () => {
  process.env.XDG_CACHE_HOME = cache.path;
  stack = await Stack.start();
  jest.mocked(openStack).mockImplementation(async () => ({
    ...{ name: "dev", project: "p", state: { resources: [] } as never, world: stack.world },
    cloud: () => stack.connect(),
  }));
  const { endpoint, storageProxy: storageEndpoint } = stack.emulator;
  jest.mocked(connectionOf).mockResolvedValue({ endpoint, storageEndpoint });
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  cache[Symbol.dispose]();
  delete process.env.XDG_CACHE_HOME;
});

/** What the command prints for the stack, and how it ends. */
const search = (...args: string[]) =>
  printedBy(() => run(["search", "--stack", "dev", ...args], [searchCommand]));

test("it works", async () => {
  stack.deliver();
  stack.deliver();
  const r = await search("--since", "3650d");
  console.log(r.out, r.error, r.code);
  const s = await search("--since", "3650d", "--count");
  console.log(s.out, s.error, s.code);
});
