import { Metadata, status } from "@grpc/grpc-js";
import { Command } from "commander";
import { CloudFailure, isCloudFailure } from "../../api/failures";
import { UsageError } from "../../operate/exitCodes";
import { run } from "../../operate/run";
import { UnreadableError } from "../../operate/stack/engineJson";
import { printedBy } from "../support/printed";

const call = Object.assign(new Error("16"), {
  ...{ code: status.UNAUTHENTICATED, details: "The token has expired", metadata: new Metadata() },
});
const client = { name: "AccessDenied", message: "No.", $metadata: { httpStatusCode: 403 } };

test.each<[string, unknown, number, RegExp]>([
  ["an unreadable preview", new UnreadableError("It is broken off."), 2, /^It is broken off\.\n$/],
  ["wrong options", new UsageError("Give --stack."), 3, /^Give --stack\.\n$/],
  ["a call that failed", call, 2, /^Reading the cloud failed: .*UNAUTHENTICATED: The token has expired\n$/],
  ["what cannot be reached", new CloudFailure("There is no token"), 2, /There is no token\n$/],
  ["a refusal of S3", client, 2, /AccessDenied: No\. \(HTTP 403\)\n$/],
  ["a defect", new TypeError("x is undefined"), 70, /^audit-trails has a defect: x is undefined\n/],
  ["what is no error", "thrown", 70, /^audit-trails has a defect: thrown\n/],
])("%s ends a command", async (_what, error, code, says) => {
  const command = () =>
    new Command("fail").action(() => {
      throw error;
    });
  const printed = await printedBy(() => run(["fail"], [command]));
  expect([printed.code, printed.error]).toEqual([code, expect.stringMatching(says)]);
});

test("help and unknown options end as they say", async () => {
  const command = () => new Command("fail");
  expect((await printedBy(() => run(["--help"], [command]))).code).toBe(0);
  expect((await printedBy(() => run(["fail", "--no-such"], [command]))).code).toBe(3);
});

test.each<[string, unknown, boolean]>([
  ["a type error with what the client of S3 adds to all errors", { name: "TypeError", $metadata: {} }, false],
  ["an answer that cannot be read", { name: "SyntaxError", $metadata: {}, $response: {} }, true],
  ["an error of the file system", Object.assign(new Error("x"), { code: "ENOENT" }), false],
  ["nothing", undefined, false],
])("%s is a failure of the cloud: %s", (_what, error, expected) => {
  expect(isCloudFailure(error)).toBe(expected);
});
