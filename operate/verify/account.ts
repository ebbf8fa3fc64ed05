import { keyDeletions, listAccountKeys } from "../../api/accountKeys";
import type { CloudApi } from "../../api/connection";
import { attempted, type Check } from "./check";
import type { TrailTarget } from "./target";

/** Checks whether the trail's account has keys. Audit Trails needs none. Anyone who has one can act as the trail. */
export const checkAccount = ({ accountId }: TrailTarget, cloud: CloudApi): Promise<Check> =>
  attempted("account", `The keys of the account ${accountId}`, async () => {
    const name = "account";
    const keys = await listAccountKeys(accountId, cloud);
    if (keys.length === 0)
      return {
        name,
        result: "good",
        text: `The account ${accountId} has no static and no authorized key.`,
      };
    return {
      name,
      result: "bad",
      text: `The account ${accountId} has keys, which no trail needs: anyone who has one can write and read logs as the trail.`,
      details: keys.map(({ kind, id, createdAt }) => {
        const when = createdAt ? `, created at ${createdAt.toISOString().slice(0, 19)}Z` : "";
        return `It has ${kind} ${id}${when}. Delete it: ${keyDeletions[kind]} ${id}`;
      }),
    };
  });
