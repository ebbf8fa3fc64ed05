import type { Binding } from "../api/bindings";
import { revokeCommand } from "./places";
import { trailRoles } from "./roles";

/** Returns who else has the role to upload, such as `userAccount:<id>`, of the roles on a bucket itself. */
export const otherHolders = (bindings: readonly Binding[], members: readonly unknown[]): string[] =>
  bindings
    .filter(({ roleId }) => roleId === trailRoles.bucket)
    .map(({ subject }) => `${subject?.type}:${subject?.id}`)
    .filter((holder) => !members.includes(holder));

/** Returns the refusal to take the role to upload from others, with the choice. */
export const otherUploadersText = (bucketName: string, others: readonly string[]): string =>
  `${others.join(", ")} ${others.length === 1 ? "has" : "have"} the role ${trailRoles.bucket} on bucket ${bucketName} too. With ` +
  "`roles.uploader: bucket` the provider gives it to the trails' accounts alone, and takes it from all others. Either keep " +
  "`roles.uploader: folder`, or give it to them on the folder, and take it off the bucket:\n" +
  others.map((holder) => `  ${revokeCommand("bucket", bucketName, trailRoles.bucket, holder)}`).join("\n");
