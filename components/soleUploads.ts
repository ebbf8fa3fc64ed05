import type { Binding } from "../api/bindings";
import { revokeCommand } from "./places";
import { trailRoles } from "./roles";

/** Returns the other holders of the upload role among the roles on a bucket, such as `userAccount:<id>`. */
export const otherHolders = (bindings: readonly Binding[], members: readonly unknown[]): string[] =>
  bindings
    .filter(({ roleId }) => roleId === trailRoles.bucket)
    .map(({ subject }) => `${subject?.type}:${subject?.id}`)
    .filter((holder) => !members.includes(holder));

/** Returns the text of a refusal: granting the role would take it from others. It names both ways out. */
export const otherUploadersText = (bucketName: string, others: readonly string[]): string =>
  `${others.join(", ")} ${others.length === 1 ? "has" : "have"} the role ${trailRoles.bucket} on bucket ${bucketName} too. With ` +
  "`roles.uploader: bucket`, the provider grants it to the trails' accounts alone and revokes it from all others. Either keep " +
  "`roles.uploader: folder`, or grant it to the others on the folder and revoke it on the bucket:\n" +
  others.map((holder) => `  ${revokeCommand("bucket", bucketName, trailRoles.bucket, holder)}`).join("\n");
