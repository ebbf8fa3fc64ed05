/** Findings of the pack in the first preview of a variant. Variants that are not listed have none. */
const expected: Readonly<Record<string, readonly string[]>> = {
  "exactly the guide": ["advisory bucket-versioned StorageBucket"],
  "of a chosen cloud and folder": ["mandatory organization-scope AuditTrailsTrail"],
  "two trails that share everything": ["mandatory organization-scope AuditTrailsTrail"],
  "encrypted with an existing key": ["mandatory resources-in-stack AuditTrailsTrail"],
  "unencrypted, the guide's tip": ["mandatory bucket-encrypted StorageBucket"],
  "with an existing account": [
    "mandatory bucket-encrypted StorageBucket",
    "mandatory resources-in-stack AuditTrailsTrail",
  ],
  "with a second trail to an existing bucket in another folder": [
    "mandatory bucket-encrypted StorageBucket",
    "mandatory resources-in-stack AuditTrailsTrail",
  ],
};

export const expectedOf = (variant: string): readonly string[] => expected[variant] ?? [];
