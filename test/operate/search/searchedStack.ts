import type { Resource } from "../../../operate/stack/engineJson";
import { connectionOf, openStack } from "../../../operate/stack/openStack";
import { StackView } from "../../../operate/stack/stackView";
import { makeFolder } from "../../support/folder";
import { Stack } from "../verify/stack";

/** Returns a view with one more trail, which is like the first one. @param inputs Inputs in which it differs. */
export function withTrail(
  view: StackView,
  name: string,
  id: string,
  inputs: Resource["inputs"] = {},
): StackView {
  const kinds = ["bucket", "key", "account", "trail"] as const;
  const known = kinds.flatMap((kind) => view.all(kind));
  const [trail] = view.all("trail");
  if (!trail) throw new Error("there is a trail");
  const urn = trail.urn.replace(/::[^:]*$/, `::${name}`);
  const added = { ...trail, urn, id, inputs: { ...trail.inputs, ...inputs } };
  return new StackView(new Map([...known, added].map((resource) => [resource.urn, resource])));
}

/**
 * Starts a stack whose trail delivers to a local cloud, for tests of the command search. Its cache is a folder of its own. The test file
 * mocks `operate/stack/openStack`.
 *
 * @param viewOf Returns the view that the command reads. @default the stack's own
 */
export async function startSearched(viewOf: (stack: Stack) => StackView = ({ view }) => view) {
  const cache = makeFolder();
  const stack = await Stack.start();
  process.env.XDG_CACHE_HOME = cache.path;
  jest.mocked(openStack).mockImplementation(async () => ({
    ...{ name: "dev", project: "p", state: { resources: [] } as never, view: viewOf(stack) },
    cloud: () => stack.connect(),
  }));
  const { endpoint, storageProxy: storageEndpoint } = stack.emulator;
  jest.mocked(connectionOf).mockResolvedValue({ endpoint, storageEndpoint });
  return {
    stack,
    async [Symbol.asyncDispose]() {
      await stack[Symbol.asyncDispose]();
      cache[Symbol.dispose]();
      delete process.env.XDG_CACHE_HOME;
    },
  };
}
