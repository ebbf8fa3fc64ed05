export * from "./encryptionKey";
export * from "./logBucket";
export * from "./organizationAuditTrail";
export * from "./trail";
export * from "./trailServiceAccount";
