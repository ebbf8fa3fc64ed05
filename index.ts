import { readSettings } from "./config";
import { buildStack } from "./stack";

export const { trailId, trailStatus, bucketName, bucketUrl, keyId, serviceAccountId, objectKeyPrefix } =
  buildStack(readSettings());
