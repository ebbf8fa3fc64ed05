import { setTimeout as delay } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { trailRoles } from "../roles";
import { isDenied, type Retry } from "./failures";

const longestPause = 15;

/**
 * Retries denied operations, because new roles do not work everywhere at once. Listings show a binding immediately, so
 * nothing shows when a role works. It usually takes seconds, sometimes minutes
 * (https://yandex.cloud/en/docs/iam/concepts/access-control/).
 *
 * @param timeout Seconds after the first denial; 0 disables retries.
 */
export function retryWhileRolesSpread(timeout: number): Retry {
  let firstDenial: number | undefined;
  let pause = 1;
  return async (failure, { wrong = [] }) => {
    if (failure.operation === "delete" || !isDenied(failure.error)) return false;
    // A role that is missing in the listings was not granted, so a retry does not help.
    if (wrong.length > 0) return false;
    firstDenial ??= Date.now();
    const left = timeout - (Date.now() - firstDenial) / 1000;
    if (left < pause) return false;
    await pulumi.log.warn(
      `The roles of the trail's service account (${Object.values(trailRoles).join(", ")}) may ` +
        `not work yet: this takes seconds, sometimes minutes. Next attempt in ${pause} s; attempts end in ${Math.floor(left)} s.`,
    );
    await delay(pause * 1000);
    pause = Math.min(pause * 2, longestPause);
    return true;
  };
}
