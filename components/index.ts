export * from "./auditTrails/auditTrails";
export * from "./encryptionKey";
export * from "./logBucket";
export * from "./trail";
export * from "./trailServiceAccount";
