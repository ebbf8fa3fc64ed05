import { afterPauses } from "./attempts";
import type { CloudApi } from "./connection";

/**
 * Returns a cloud that repeats calls after temporary failures. Use it only for calls that the service may process
 * twice.
 */
export const retried = (cloud: CloudApi): CloudApi => ({
  ...cloud,
  call: (...args) => afterPauses(() => cloud.call(...args)),
});
