/** Conversions of well-known messages, by full name. */
// biome-ignore lint/suspicious/noExplicitAny: messages of many types
export type Conversions = Readonly<Record<string, (value: any) => unknown>>;

interface Any {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

/** One of the members of google.protobuf.Value. */
interface Value {
  readonly nullValue?: string | number;
  readonly boolValue?: boolean;
  readonly numberValue?: number;
  readonly stringValue?: string;
  readonly listValue?: { readonly values?: readonly Value[] };
  readonly structValue?: Struct;
}

interface Struct {
  readonly fields?: Readonly<Record<string, Value>>;
}

const mapped = <From, To>(object: Readonly<Record<string, From>>, change: (one: From) => To) =>
  Object.fromEntries(Object.entries(object).map(([name, one]) => [name, change(one)]));

function toValue(plain: unknown): Value {
  if (plain === null || plain === undefined) return { nullValue: "NULL_VALUE" };
  if (typeof plain === "boolean") return { boolValue: plain };
  if (typeof plain === "number") return { numberValue: plain };
  if (typeof plain === "string") return { stringValue: plain };
  if (Array.isArray(plain)) return { listValue: { values: plain.map(toValue) } };
  return { structValue: toStruct(plain) };
}

const toStruct = (plain: object): Struct => ({ fields: mapped(plain as Record<string, unknown>, toValue) });

function fromValue({ listValue, structValue, boolValue, numberValue, stringValue }: Value): unknown {
  if (listValue) return (listValue.values ?? []).map(fromValue);
  if (structValue) return fromStruct(structValue);
  return boolValue ?? numberValue ?? stringValue ?? null;
}

const fromStruct = ({ fields = {} }: Struct): object => mapped(fields, fromValue);

const wrapped = ["BoolValue", "DoubleValue", "Int64Value", "StringValue"].map(
  (name) => `.google.protobuf.${name}`,
);

/** Conversions from the backend's values to the form of protobufjs. */
export const toWire: Conversions = {
  ".google.protobuf.Any": ({ typeUrl, value }: Any) => ({ type_url: typeUrl, value }),
  ".google.protobuf.Struct": toStruct,
  ".google.protobuf.Timestamp": (text: string): Timestamp => {
    const milliseconds = Date.parse(text);
    const seconds = Math.floor(milliseconds / 1000);
    return { seconds, nanos: (milliseconds - seconds * 1000) * 1e6 };
  },
  ...Object.fromEntries(wrapped.map((name) => [name, (value: unknown) => ({ value })])),
};

/** Conversions from the form of protobufjs to the backend's values. */
export const fromWire: Conversions = {
  ".google.protobuf.Struct": fromStruct,
  ".google.protobuf.Timestamp": ({ seconds, nanos }: Timestamp) =>
    new Date(seconds * 1000 + nanos / 1e6).toISOString(),
  ...Object.fromEntries(wrapped.map((name) => [name, ({ value }: { value: unknown }) => value])),
};
