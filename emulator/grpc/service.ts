import { status } from "@grpc/grpc-js";
import type { Call } from "../backend/calls";
import type { Operation, Typed } from "../backend/operations";
import { encode, typeOf } from "./messages";

/** Function that answers a request of an authenticated client. Messages have the backend's form: {@link file://./messages.ts}. */
// biome-ignore lint/suspicious/noExplicitAny: requests of many types
export type Method = (call: Call, request: any) => object;

/** A request with a mask of the fields to change. */
export type Masked<Request> = Request & { readonly updateMask?: { readonly paths: readonly string[] } };

/** A gRPC service. Missing methods answer UNIMPLEMENTED. */
export interface Service {
  /** Full name of the service. */
  readonly name: string;
  readonly methods: Readonly<Record<string, Method>>;
}

/** Returns a method that starts an operation. Its first reply is pending: the client has to poll for the result. */
export function operation<Request>(work: (call: Call, request: Request) => Operation): Method {
  return (call, request) => pending(work(call, request));
}

/** Returns an operation in the form of the first reply. */
export const pending = (operation: Operation): object =>
  operationMessage({ ...operation, done: false, response: undefined, error: undefined });

/** Returns a method like {@link operation}, with the result in the first reply. */
export function immediateOperation<Request>(work: (call: Call, request: Request) => Operation): Method {
  return (call, request) => operationMessage(work(call, request));
}

export function operationMessage({ metadata, response, error, ...rest }: Operation): object {
  return {
    ...rest,
    error: error && { code: status[error.code], message: error.message },
    metadata: pack(metadata),
    response: response && pack(response),
  };
}

/** Wraps a message as google.protobuf.Any. */
const pack = ({ type, value }: Typed) => ({
  typeUrl: `type.googleapis.com/${type}`,
  value: encode(typeOf(type), value),
});
