import { keyDeletions } from "../../api/accountKeys";
import { type BucketSettings, keyIdOf } from "../../api/bucketSettings";
import { nounOf, placeNoun, revokeCommand } from "../../components/places";
import { meets, rolesNeeded } from "../../components/roles";
import { inert } from "../inert";
import { word } from "../preflight/word";
import type { SetUp } from "./composer";
import type { ExistingBucket, ExistingKey, ExistingSetUp } from "./existingSetUp";
import { isThe } from "./roles";

/** A point where a set-up is weaker than the defaults of the components. */
export interface Weakness {
  readonly what: string;
  /** Command that corrects the weakness, or a sentence with what to do. */
  readonly correction: string;
}

const set = (path: string, value: string): string => `pulumi config set --path ${path} ${value}`;

/** Returns the commands that change an encryption setting. Each trail of a bucket repeats the encryption. */
type SetEncryption = (name: string, value: string) => string;

/** Returns the weak points of a set-up, with corrections. */
export const weaknessesOf = (setUp: SetUp, found: ExistingSetUp): Weakness[] => [
  ...setUp.plan.buckets.flatMap(({ bucketName, existingIn, key }) => {
    const name = String(bucketName);
    const bucket = found.buckets.get(name) as ExistingBucket;
    const rows = Object.entries(setUp.args.trails ?? {}).filter(([, row]) => row.bucketName === name);
    const owners = rows.length > 0 ? rows.map(([row]) => `trails.${row}.encryption`) : ["encryption"];
    const setIt: SetEncryption = (setting, value) =>
      owners.map((owner) => set(`${owner}.${setting}`, value)).join(" && ");
    // A key of several buckets is reported once, with the first of them.
    const isFirst = setUp.plan.buckets.find((other) => other.key === key)?.bucketName === bucketName;
    const ownKey = isFirst && key?.settings.keyId === undefined ? keyIdOf(bucket.settings) : undefined;
    return [
      ...(key ? [] : [unencrypted(name, setIt, existingIn === undefined)]),
      ...(ownKey ? keyWeaknesses(found.keys.get(ownKey) as ExistingKey, setIt) : []),
      ...(existingIn === undefined
        ? ownBucketWeaknesses(name, bucket.settings, setUp)
        : existingBucketWeaknesses(name, bucket.settings)),
      ...openness(name, bucket.settings, existingIn === undefined),
    ];
  }),
  ...accountKeys(setUp, found),
  ...surplusRoles(setUp, found),
];

/** Returns keys of the trails' own accounts. Anyone who has one can act as the account, and trails need none. */
const accountKeys = ({ parts }: SetUp, { accountKeys: keysOf }: ExistingSetUp): Weakness[] =>
  parts
    .filter(({ kind }) => kind === "account")
    .flatMap(({ id }) => {
      const keys = keysOf.get(id);
      const account = `Service account ${inert(id)}`;
      if (!keys)
        return [
          {
            what: `It is unknown whether ${account.toLowerCase()} has keys: no permission to list them.`,
            correction: "To list the keys, you need role iam.auditor on the account's folder.",
          },
        ];
      return keys.map((key) => ({
        what: `${account} has ${key.kind} ${inert(key.id)}, which no trail needs: anyone who has it can act as the trail.`,
        correction: `${keyDeletions[key.kind]} ${word(key.id)}`,
      }));
    });

const unencrypted = (name: string, setIt: SetEncryption, isOwn: boolean): Weakness => ({
  what: `Bucket ${inert(name)} is not encrypted.`,
  correction: isOwn
    ? `${setIt("key", "new")} && pulumi up   # encrypts new logs`
    : `yc storage bucket update --name ${word(name)} --encryption key-id=<key id>   # then run adopt again with another stack`,
});

function keyWeaknesses(
  { name, algorithm, rotationSeconds, deletionProtection }: ExistingKey,
  setIt: SetEncryption,
): Weakness[] {
  const key = `Key ${inert(name)}`;
  return [
    ...(rotationSeconds === undefined
      ? [
          {
            what: `${key} gets no new versions: its rotation is off.`,
            correction: setIt("keyRotationPeriod", "8760h"),
          },
        ]
      : []),
    ...(deletionProtection
      ? []
      : [
          {
            what: `${key} may be deleted: its deletion protection is off.`,
            correction: setIt("deletionProtection", "true"),
          },
        ]),
    ...(algorithm.startsWith("AES_256")
      ? []
      : [{ what: `${key} encrypts with ${algorithm}.`, correction: setIt("keyAlgorithm", "AES_256") }]),
  ];
}

function ownBucketWeaknesses(name: string, settings: BucketSettings, { args }: SetUp): Weakness[] {
  const bucket = `Bucket ${inert(name)}`;
  const { retention } = args;
  const rules = settings.lifecycleRules ?? [];
  const kept = rules.map(({ id }) => inert(id ?? "without a name")).join(", ");
  return [
    ...(settings.versioning === "VERSIONING_ENABLED"
      ? []
      : [
          {
            what: `${bucket} keeps no old versions: overwritten and deleted logs are lost.`,
            correction: retention ? set("retention.versioning", "true") : set("retention.preset", "standard"),
          },
        ]),
    ...(rules.some(({ enabled, abortIncompleteMultipartUpload: abort }) => enabled && abort)
      ? []
      : [
          {
            what: `${bucket} keeps the parts of unfinished uploads forever.`,
            correction: retention
              ? set("retention.abortUploadsAfterDays", "7")
              : set("retention.preset", "standard"),
          },
        ]),
    ...(rules.some(({ enabled, expiration }) => enabled && (expiration?.days || expiration?.date))
      ? [
          {
            what: `${bucket} deletes logs: rules ${kept}.`,
            correction: retention
              ? "pulumi config rm --path retention.expireAfterDays"
              : `${set("retention.preset", "standard")}   # replaces these rules`,
          },
        ]
      : []),
    ...(retention
      ? []
      : [
          {
            what: `${bucket} has versioning and lifecycle rules (${kept || "none"}) that the configuration cannot express, or that differ from another bucket's. They stay as they are.`,
            correction: `${set("retention.preset", "standard")}   # replaces them`,
          },
        ]),
    ...(settings.policy && !args.access
      ? [
          {
            what: `${bucket} has a policy that the configuration cannot express. It stays as it is.`,
            correction: "Set the configuration key access. Its policy then replaces the present policy.",
          },
        ]
      : []),
  ];
}

const existingBucketWeaknesses = (name: string, { versioning }: BucketSettings): Weakness[] =>
  versioning === "VERSIONING_ENABLED"
    ? []
    : [
        {
          what: `Bucket ${inert(name)} keeps no old versions: overwritten and deleted logs are lost.`,
          correction: `yc storage bucket update --name ${word(name)} --versioning versioning-enabled`,
        },
      ];

function openness(
  name: string,
  { anonymousAccessFlags = {}, acl }: BucketSettings,
  isOwn: boolean,
): Weakness[] {
  const flags = Object.entries(anonymousAccessFlags).flatMap(([flag, isOn]) => (isOn ? [flag] : []));
  const grants = acl?.grants ?? [];
  return [
    ...(flags.length > 0
      ? [
          {
            what: `Bucket ${inert(name)} is public: everybody may ${flags.join(", ")}.`,
            correction: isOwn
              ? "pulumi up   # closes it"
              : `yc storage bucket update --name ${word(name)} --public-read=false --public-list=false --public-config-read=false`,
          },
        ]
      : []),
    ...(grants.length > 0
      ? [
          {
            what: `Bucket ${inert(name)} has an ACL with ${grants.length === 1 ? "one grant" : `${grants.length} grants`} to others.`,
            correction: `yc storage bucket update --name ${word(name)} --acl private`,
          },
        ]
      : []),
  ];
}

/** Roles that a trail's account may need on any resource. */
const anyNeed = rolesNeeded({ scopes: [""], buckets: [{ folder: "" }], keys: [""] });

/**
 * Returns roles of the trails' own accounts that these trails do not need. A role that could serve a trail is surplus only if the
 * account has the trail's own role on the same place. Otherwise a trail in an unreadable folder may need the role.
 */
function surplusRoles({ needs, parts }: SetUp, { grants, buckets }: ExistingSetUp): Weakness[] {
  const own = parts.flatMap(({ kind, id }) => (kind === "account" ? [id] : []));
  return grants
    .filter((grant) => own.includes(grant.accountId) && !needs.some((need) => isThe(grant, need)))
    .map((surplus) => {
      const { role, on, accountId } = surplus;
      const others = grants.filter((grant) => grant !== surplus);
      const place = nounOf(on.type);
      const bucket = [...buckets].find(([, found]) => found?.settings.resourceId === on.id)?.[0];
      const what = `Service account ${inert(accountId)} has role ${inert(role)} on ${place} ${inert(bucket ?? on.id)}`;
      const missing = anyNeed
        .filter((need) => meets(role, need) !== "no")
        .map((need) => ({ ...need, on, accountId }))
        .filter((need) => !others.some((grant) => isThe(grant, need)));
      const coming = missing.filter((one) => needs.some((need) => isThe(one, need)));
      if (coming.length > 0)
        return {
          what: `${what} instead of ${coming.map((need) => need.role).join(" and ")}.`,
          correction:
            "pulumi up   # grants the needed role; then run adopt again, which checks whether this role can be removed",
        };
      if (missing.length > 0)
        return {
          what: `${what}, which none of these trails needs. A trail in a folder that you may not read may need it.`,
          correction: "Check the trails of the organization before you remove it.",
        };
      const noun = placeNoun(on.type);
      return {
        what: `${what}, which no trail needs.`,
        correction: noun
          ? revokeCommand(noun, word(bucket ?? on.id), word(role), `serviceAccount:${word(accountId)}`)
          : `Revoke role ${inert(role)} on ${place} ${inert(on.id)}.`,
      };
    });
}
