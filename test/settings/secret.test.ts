import * as pulumi from "@pulumi/pulumi";
import { checkSettings } from "../../settings/read";
import type { Settings } from "../../settings/schema";
import { refusal, valid } from "./given";

describe("values that the configuration marks as secret", () => {
  const secret = (key: string) => (one: string) => one === key;

  test.each([
    ["labels", '{"team":"security"}', ({ labels }: Settings) => [labels]],
    ["serviceAccountName", "collector", (settings: Settings) => [settings.serviceAccountName]],
    ["encryption", '{"keyName":"logs"}', ({ encryption }: Settings) => [encryption?.keyName]],
    ["access", '{"administrators":["aje1"]}', ({ access }: Settings) => [access?.administrators]],
    ["trails", '{"t":{"description":"why"}}', ({ trails }: Settings) => [trails?.t?.description]],
  ])("%s stays secret, nested too", async (key, value, texts) => {
    const found = texts(checkSettings({ ...valid, [key]: value }, secret(key)));
    expect(found).toHaveLength(1);
    expect(await pulumi.isSecret(pulumi.output(found[0]))).toBe(true);
  });

  test.each([
    [
      "bucketName",
      "audit-logs",
      "bucketName: cannot be kept secret: ids of resources show it. Set it without --secret: pulumi config set bucketName <value>",
    ],
    ["maxSizeGiB", "5", "maxSizeGiB: cannot be kept secret: only text can be"],
    ["trails", '{"t":{"folders":["b1gone"]}}', "trails.t.folders: cannot be kept secret: ids of resources"],
    ["trails", '{"t":{"bucketName":"other-logs"}}', "trails.t.bucketName: cannot be kept secret: it decides"],
    [
      "encryption",
      '{"key":"existing","keyId":"abj1"}',
      "encryption.keyId: cannot be kept secret: ids of resources",
    ],
  ])("%s %s is refused, and not shown", (key, value, text) => {
    const message = refusal({ ...valid, [key]: value }, secret(key));
    expect(message).toContain(text);
    expect(message).not.toContain("audit-logs");
  });
});
