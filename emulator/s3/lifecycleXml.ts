import type { LifecycleFilter, LifecycleRule } from "../backend/storage/lifecycleRule";
import { S3Error } from "./errors";
import { elements, numberAt, textAt, toXml, type Xml } from "./xml";

const tagsIn = (xml: Xml | undefined) =>
  elements(xml, "Tag").map((tag) => ({ key: textAt(tag, "Key") ?? "", value: textAt(tag, "Value") ?? "" }));

const noncurrentIn = (xml: Xml) => ({
  noncurrentDays: numberAt(xml, "NoncurrentDays"),
  newerNoncurrentVersions: numberAt(xml, "NewerNoncurrentVersions"),
});

/** Reads the rules of a LifecycleConfiguration. @throws {S3Error} MalformedXML for invalid numbers or repeated ids. */
export function lifecycleRulesIn(document: Xml): LifecycleRule[] {
  const rules = elements(document, "LifecycleConfiguration", "Rule").map((rule): LifecycleRule => {
    const [filter] = elements(rule, "Filter");
    // An element without conditions is an empty text.
    const [and] = elements(filter, "And").filter((one) => typeof one === "object");
    const sizes = (xml: Xml | undefined) => ({
      objectSizeGreaterThan: numberAt(xml, "ObjectSizeGreaterThan"),
      objectSizeLessThan: numberAt(xml, "ObjectSizeLessThan"),
    });
    const [expiration] = elements(rule, "Expiration");
    const marker = textAt(expiration, "ExpiredObjectDeleteMarker");
    const abort = numberAt(rule, "AbortIncompleteMultipartUpload", "DaysAfterInitiation");
    const [noncurrent] = elements(rule, "NoncurrentVersionExpiration");
    return {
      id: textAt(rule, "ID"),
      enabled: textAt(rule, "Status") === "Enabled",
      filter: {
        prefix: textAt(filter, "Prefix") ?? textAt(rule, "Prefix") ?? "",
        ...sizes(filter),
        tag: tagsIn(filter)[0],
        andOperator: and && { prefix: textAt(and, "Prefix") ?? "", ...sizes(and), tag: tagsIn(and) },
      },
      expiration: expiration && {
        date: textAt(expiration, "Date"),
        days: numberAt(expiration, "Days"),
        expiredObjectDeleteMarker: marker === undefined ? undefined : marker === "true",
      },
      transitions: elements(rule, "Transition").map((transition) => ({
        date: textAt(transition, "Date"),
        days: numberAt(transition, "Days"),
        storageClass: textAt(transition, "StorageClass") ?? "",
      })),
      abortIncompleteMultipartUpload: abort === undefined ? undefined : { daysAfterExpiration: abort },
      noncurrentExpiration: noncurrent && noncurrentIn(noncurrent),
      noncurrentTransitions: elements(rule, "NoncurrentVersionTransition").map((transition) => ({
        ...noncurrentIn(transition),
        storageClass: textAt(transition, "StorageClass") ?? "",
      })),
    };
  });
  const ids = rules.flatMap(({ id }) => id ?? []);
  if (rules.length === 0 || new Set(ids).size < ids.length) throw new S3Error(400, "MalformedXML");
  return rules;
}

/** Returns rules as a LifecycleConfiguration. */
export function lifecycleXml(rules: readonly LifecycleRule[]): string {
  const tagXml = ({ key, value }: { key: string; value: string }) => ({ Key: key, Value: value });
  const conditionsXml = (conditions: LifecycleFilter | undefined) => ({
    Prefix: conditions?.prefix || undefined,
    ObjectSizeGreaterThan: conditions?.objectSizeGreaterThan,
    ObjectSizeLessThan: conditions?.objectSizeLessThan,
  });
  return toXml("LifecycleConfiguration", {
    Rule: rules.map(({ filter, expiration, ...rule }) => {
      const and = filter?.andOperator;
      return {
        ID: rule.id,
        Status: rule.enabled ? "Enabled" : "Disabled",
        // Without conditions the element is present but empty: https://github.com/yandex-cloud/terraform-provider-yandex/issues/623
        Filter: {
          ...conditionsXml(filter),
          Tag: filter?.tag && tagXml(filter.tag),
          And: and && { ...conditionsXml(and), Tag: and.tag?.map(tagXml) },
        },
        Expiration: expiration && {
          Date: expiration.date,
          Days: expiration.days,
          ExpiredObjectDeleteMarker: expiration.expiredObjectDeleteMarker,
        },
        Transition: rule.transitions?.map(({ date, days, storageClass }) => ({
          Date: date,
          Days: days,
          StorageClass: storageClass,
        })),
        AbortIncompleteMultipartUpload: rule.abortIncompleteMultipartUpload && {
          DaysAfterInitiation: rule.abortIncompleteMultipartUpload.daysAfterExpiration,
        },
        NoncurrentVersionExpiration: rule.noncurrentExpiration && {
          NoncurrentDays: rule.noncurrentExpiration.noncurrentDays,
          NewerNoncurrentVersions: rule.noncurrentExpiration.newerNoncurrentVersions,
        },
        NoncurrentVersionTransition: rule.noncurrentTransitions?.map(
          ({ noncurrentDays, newerNoncurrentVersions, storageClass }) => ({
            NoncurrentDays: noncurrentDays,
            NewerNoncurrentVersions: newerNoncurrentVersions,
            StorageClass: storageClass,
          }),
        ),
      };
    }),
  });
}
