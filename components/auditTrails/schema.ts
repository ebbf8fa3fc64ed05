import { z } from "zod";
import { objectLockSchema } from "../bucket/objectLock";
import { accessSchema } from "../bucket/policy";
import { retentionSchema } from "../bucket/retention";
import { Encryption, KeyAlgorithm, OnRemoval } from "../choices";
import { argumentKinds } from "../guard";
import * as values from "../values";

/** Key of a trail. With the component's name, which is shorter than 14 characters, it becomes a resource name. */
const trailKey = z
  .string()
  .regex(
    /^[a-z]([-a-z0-9]{0,48}[a-z0-9])?$/,
    "a trail's key must be 1 to 50 characters of a-z, 0-9 and -, begin with a letter and not end with a hyphen",
  );

/**
 * Returns the schema of each argument of `AuditTrails`, without rules between arguments.
 *
 * @param kinds Wrappers for the values: arguments may be outputs, configuration is text.
 * @param adopted True if the resources existed before the component.
 */
export function auditTrailsShape(kinds: values.Kinds, adopted: boolean) {
  const { late, inId, plainText, number, yesOrNo } = kinds;
  const ids = (what: string) =>
    kinds
      .ids(what, values.id(what))
      .refine(
        (all) => Object.keys(Object(all)).length > 0,
        `must name at least one id of ${what}, or be left out`,
      )
      .refine((all) => Object.keys(Object(all)).length <= 1024, "must be at most 1024");
  const scopes = { clouds: ids("clouds").optional(), folders: ids("folders").optional() };
  const eventTypes = values.eventTypes.optional();
  const encryption = values.only({
    key: plainText(values.oneOf(Encryption)).optional(),
    keyId: inId(values.id("an existing key")).optional(),
    keyName: late(values.keyName).optional(),
    keyAlgorithm: late(values.oneOf(KeyAlgorithm)).optional(),
    keyRotationPeriod: late(values.duration).optional(),
    deletionProtection: yesOrNo(values.yesOrNo).optional(),
  });
  const dataEvents = values
    .table(
      values.service,
      values.only({ includedEvents: eventTypes, excludedEvents: eventTypes, ...scopes }),
      "must be an object with a key for each service, such as {kms: {}}",
    )
    .refine((services) => Object.keys(services).length < 128, "must be fewer than 128 services");
  const trail = values.only({
    name: late(values.name).optional(),
    description: late(values.description).optional(),
    ...scopes,
    managementEvents: yesOrNo(values.yesOrNo).optional(),
    dataEvents: dataEvents.optional(),
    allowRecursion: yesOrNo(values.yesOrNo).optional(),
    objectPrefix: late(values.objectPrefix(adopted)).optional(),
    bucketName: plainText(values.bucketName).optional(),
    bucketFolderId: inId(values.id("the folder of an existing bucket")).optional(),
    encryption: encryption.optional(),
    serviceAccountId: inId(values.id("an existing service account")).optional(),
    serviceAccountName: plainText(values.name).optional(),
    labels: late(values.labels(kinds)).optional(),
  });
  return {
    organizationId: inId(values.id("an organization")),
    folderId: inId(values.id("a folder")),
    bucketName: inId(values.bucketName),
    bucketFolderId: inId(values.id("the folder of an existing bucket")).optional(),
    encryption: encryption.optional(),
    trails: values.table(trailKey, trail, "must be an object with a key for each trail").optional(),
    retention: retentionSchema(kinds).optional(),
    objectLock: objectLockSchema(kinds).optional(),
    maxSizeGiB: late(number(values.wholeNumber("GiB", 1))).optional(),
    accessLogsBucketName: inId(values.bucketName).optional(),
    access: accessSchema(kinds).optional(),
    serviceAccountId: inId(values.id("an existing service account")).optional(),
    serviceAccountName: late(values.name).optional(),
    roles: values.roles(kinds).optional(),
    onRemoval: plainText(values.oneOf(OnRemoval)).optional(),
    rolePropagationTimeoutSeconds: number(values.seconds).optional(),
    activeTimeoutSeconds: number(values.seconds).optional(),
    activeWindowSeconds: number(values.seconds).optional(),
    labels: late(values.labels(kinds)).optional(),
    adopted: yesOrNo(values.yesOrNo).optional(),
  };
}

/** Schema of the arguments of `AuditTrails`. */
export const auditTrailsSchema = (adopted = false) => values.only(auditTrailsShape(argumentKinds, adopted));
