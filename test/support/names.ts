/** Name of the bucket of the tests' stack. */
export const bucketName = "audit-logs";
