import * as pulumi from "@pulumi/pulumi";
import { readLastState } from "../../../components/engine/lastState";

const monitor = {
  newResource: () => ({ id: undefined, state: {} }),
  call: () => ({}),
};
beforeEach(() => pulumi.runtime.setMocks(monitor, "project", "stack", false, "organization"));
afterEach(() => jest.restoreAllMocks());

/** The engine's answers to the question for the state, in their order. The last one repeats. */
function engineAnswers(...answers: readonly (object | Error)[]): jest.SpyInstance {
  const left = [...answers];
  return jest.spyOn(pulumi.runtime, "invoke").mockImplementation((async () => {
    const answer = left.length > 1 ? left.shift() : left[0];
    if (answer instanceof Error) throw answer;
    return answer;
  }) as never);
}

const beingWritten = new Error("failed to load checkpoint: EOF");

test("the state is read again when the engine was writing its file", async () => {
  const outputs = { "urn:one": { type: "t", outputs: {} } };
  const invoke = engineAnswers(beingWritten, beingWritten, { outputs });
  expect(await readLastState()).toEqual(outputs);
  expect(invoke).toHaveBeenCalledTimes(3);
});

test("a state that cannot be read is an error, and never an empty state", async () => {
  engineAnswers(beingWritten);
  await expect(readLastState()).rejects.toThrow("failed to load checkpoint");
});
