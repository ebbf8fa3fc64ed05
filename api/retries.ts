import { afterPauses } from "./attempts";
import type { CloudApi } from "./connection";

/** A cloud whose calls are tried again after what passes by itself. Only for calls that may be worked on twice. */
export const retried = (cloud: CloudApi): CloudApi => ({
  ...cloud,
  call: (...args) => afterPauses(() => cloud.call(...args)),
});
