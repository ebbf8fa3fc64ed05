import {
  type Allowed,
  bucket,
  encryptedWith,
  lifecycle,
  lock,
  type Violation,
} from "../../support/policyCases";
import { changed, without } from "../../support/policyStack";

/** Violations of the rules on encryption, versions and retention of the bucket. */
export const violations: readonly Violation[] = [
  [
    "bucket-encrypted",
    "no encryption",
    without(without(bucket({ serverSideEncryptionConfiguration: undefined }), "key"), "encrypter"),
    /has no KMS key/,
  ],
  [
    "bucket-encrypted",
    "another algorithm",
    bucket(encryptedWith("abjkey", "AES256")),
    /the encryption algorithm "AES256"/,
  ],
  [
    "retention",
    "logs",
    bucket(lifecycle({ expiration: { days: 364 } })),
    /deletes logs after 364 days; at least 365/,
  ],
  [
    "retention",
    "old versions",
    bucket(lifecycle({ noncurrentVersionExpiration: { days: 29 } })),
    /overwritten and deleted logs after 29 days; at least 30/,
  ],
  [
    "retention",
    "a date",
    bucket(lifecycle({ expiration: { date: "2030-01-01" } })),
    /deletes all logs on 2030-01-01/,
  ],
  [
    "retention",
    "a prefix that logs have",
    changed(bucket(lifecycle({ filter: { prefix: "audit/cnp" }, expiration: { days: 1 } })), "trail", {
      storageDestination: { bucketName: "acme-logs", objectPrefix: "audit" },
    }),
    /for the prefix "audit\/cnp"/,
  ],
  [
    "bucket-versioned",
    "no versioning",
    bucket({ versioning: { enabled: false } }),
    /versioning.enabled false/,
  ],
  ["bucket-versioned", "nothing about it", bucket({ versioning: undefined }), /versioning.enabled nothing/],
  [
    "lock-consistent",
    "a lock that is longer than logs are kept",
    bucket({ ...lock(400), ...lifecycle({ expiration: { days: 365 } }) }),
    /expires logs after 365 days that are locked for 400/,
  ],
  [
    "lock-consistent",
    "a lock that is off",
    bucket(lock(1, "Disabled")),
    /objectLockEnabled "Disabled": nothing is locked/,
  ],
];

/** Similar resources that are correct. */
export const allowed: readonly Allowed[] = [
  [
    "long retention",
    bucket(lifecycle({ expiration: { days: 365 }, noncurrentVersionExpiration: { days: 30 } })),
  ],
  [
    "no retention, as the provider shows it",
    bucket(lifecycle({ expiration: { days: 0, date: "", expiredObjectDeleteMarker: true } })),
  ],
  ["a rule that is off", bucket(lifecycle({ enabled: false, expiration: { days: 1 } }))],
  [
    "a rule for other objects",
    bucket(lifecycle({ filter: { prefix: "reports/" }, expiration: { days: 1 } })),
  ],
  [
    "a rule for other trails' logs",
    changed(bucket(lifecycle({ prefix: "cnpother/", expiration: { days: 1 } })), "bucket", {}),
  ],
  [
    "a lock that is shorter than logs are kept",
    bucket({ ...lock(30), ...lifecycle({ expiration: { days: 400 } }) }),
  ],
];
