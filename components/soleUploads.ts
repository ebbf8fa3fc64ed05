import { type Binding, listBindings } from "../api/bindings";
import type { CloudApi } from "../api/connection";
import { place, revokeCommand } from "./places";
import { trailRoles } from "./roles";

/** Returns the other holders of the upload role among the roles on a bucket, such as `userAccount:<id>`. */
export const otherHolders = (bindings: readonly Binding[], members: readonly unknown[]): string[] =>
  bindings
    .filter(({ roleId }) => roleId === trailRoles.bucket)
    .map(({ subject }) => `${subject?.type}:${subject?.id}`)
    .filter((holder) => !members.includes(holder));

/**
 * Reads the other holders of the upload role on a bucket itself, such as `userAccount:<id>`.
 *
 * @param resourceId Id of the bucket, by which the service keeps its roles.
 * @param members Holders that are left out.
 * @throws {ServiceError} if the caller may not read the roles.
 */
export const otherUploaders = async (
  resourceId: string,
  members: readonly unknown[],
  cloud: CloudApi,
): Promise<string[]> => otherHolders(await listBindings(place("bucket", resourceId), cloud), members);

/** Returns the message about a refused grant: the provider would revoke the role from others. The message names two solutions. */
export const otherUploadersText = (bucketName: string, others: readonly string[]): string =>
  `${others.join(", ")} ${others.length === 1 ? "has" : "have"} the role ${trailRoles.bucket} on bucket ${bucketName} too. With ` +
  "`roles.uploader: bucket`, the provider grants it to the trails' accounts alone and revokes it from all others. Either keep " +
  "`roles.uploader: folder`, or grant it to the others on the folder and revoke it on the bucket:\n" +
  others.map((holder) => `  ${revokeCommand("bucket", bucketName, trailRoles.bucket, holder)}`).join("\n");
