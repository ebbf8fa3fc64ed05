import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { common, MapField, parse, Reader, Root, type Service, Type } from "protobufjs";
import { CloudError } from "../backend/errors";
import { type Conversions, fromWire, toWire } from "./wellKnown";

/** The vendor's newest messages and services, written by protos/renew.py. */
const root = new Root();
for (const name of ["any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers"])
  root.addJSON(common.get(`google/protobuf/${name}.proto`)?.nested ?? {});
const folder = join(__dirname, "protos");
for (const file of readdirSync(folder))
  if (file.endsWith(".proto")) parse(readFileSync(join(folder, file), "utf8"), root);
root.resolveAll();

export const typeOf = (name: string): Type => root.lookupType(name);
export const serviceOf = (name: string): Service => root.lookupService(name);

/**
 * Decodes a message for the backend: enum values by name, times as ISO text, bytes in base64, wrapped values without their
 * wrappers.
 */
export function decode(type: Type, bytes: Uint8Array): object {
  const options = { enums: String, longs: Number, bytes: String, defaults: true };
  return converted(type, type.toObject(type.decode(bytes), options), fromWire);
}

export function encode(type: Type, message: object): Buffer {
  return Buffer.from(type.encode(type.fromObject(converted(type, message, toWire))).finish());
}

/** Converts fields whose form in JSON differs from that of the library. Absent fields stay absent. */
function converted(type: Type, message: object, conversions: Conversions): object {
  const fields = Object.entries(message).flatMap(([name, value]) => {
    const field = type.fields[name];
    if (!field || value === null || value === undefined) return [];
    const { resolvedType } = field;
    const one = (value: object): unknown => {
      if (!(resolvedType instanceof Type)) return value;
      const conversion = conversions[resolvedType.fullName];
      return conversion ? conversion(value) : converted(resolvedType, value, conversions);
    };
    if (field instanceof MapField)
      return [
        [name, Object.fromEntries(Object.entries<object>(value).map(([key, each]) => [key, one(each)]))],
      ];
    return [[name, field.repeated ? (value as object[]).map(one) : one(value)]];
  });
  return Object.fromEntries(fields);
}

/** Fields that clients may set and that have no effect in the local cloud, by message. */
export const unservedFields: Readonly<Record<string, readonly string[]>> = {
  "yandex.cloud.audittrails.v1.Trail.DataEventsFiltering": ["include_rules", "exclude_rules"],
  "yandex.cloud.audittrails.v1.Trail.Destination": ["monium"],
  "yandex.cloud.audittrails.v1.Trail.ManagementEventsFiltering": ["include_rules", "exclude_rules"],
  "yandex.cloud.audittrails.v1.Trail.ObjectStorage": ["aggregation_period"],
  "yandex.cloud.storage.v1.LifecycleRule": ["noncurrent_delete_markers"],
};

/**
 * Returns the refusal of a request with fields that have no effect in the local cloud. Otherwise clients would believe that
 * these fields work.
 *
 * @param mask Paths of the request's mask. Supported are names of its own fields, and `*` for all.
 * @returns UNIMPLEMENTED, also for unknown fields; undefined if all fields are supported.
 */
export function unserved(
  type: Type,
  bytes: Uint8Array,
  mask: readonly string[] = [],
): CloudError | undefined {
  const names = Object.keys(type.fields).map(snakeCase);
  const path = mask.find((one) => one !== "*" && (!names.includes(one) || isUnserved(type, one)));
  const field = path === undefined ? unservedField(type, bytes) : `${type.fullName.slice(1)}.${path}`;
  return field === undefined ? undefined : new CloudError("UNIMPLEMENTED", `${field} is not supported`);
}

/** Returns the first field that is set but not supported. */
function unservedField(type: Type, bytes: Uint8Array): string | undefined {
  const reader = Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const start = reader.pos;
    reader.skipType(tag & 7);
    const content = bytes.subarray(start, reader.pos);
    const field = type.fieldsById[tag >>> 3];
    const name = field ? snakeCase(field.name) : `field ${tag >>> 3}`;
    const isMessage = field?.resolvedType instanceof Type && !(field instanceof MapField);
    // Zero and empty text mean the same as an absent field.
    const isSet = isMessage || content.length > 1 || content[0] !== 0;
    if (isSet && (!field || isUnserved(type, name))) return `${type.fullName.slice(1)}.${name}`;
    const inner = isMessage && unservedField(field.resolvedType as Type, Reader.create(content).bytes());
    if (inner) return inner;
  }
  return undefined;
}

const isUnserved = (type: Type, field: string): boolean =>
  unservedFields[type.fullName.slice(1)]?.includes(field) ?? false;

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
