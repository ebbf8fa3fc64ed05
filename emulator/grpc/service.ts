import { status } from "@grpc/grpc-js";
import type { Call } from "../backend/calls";
import type { Operation, Typed } from "../backend/operations";
import { encode, typeOf } from "./messages";

/** Answers a request of an authenticated client. Both speak as the backend does: {@link file://./messages.ts}. */
// biome-ignore lint/suspicious/noExplicitAny: requests of many types
export type Method = (call: Call, request: any) => object;

/** A request that names the fields which are to change. */
export type Masked<Request> = Request & { readonly updateMask?: { readonly paths: readonly string[] } };

/** A gRPC service: the methods that are not there answer UNIMPLEMENTED. */
export interface Service {
  /** Full name. */
  readonly name: string;
  readonly methods: Readonly<Record<string, Method>>;
}

/** A method that starts an operation. Its first reply is pending: the client has to ask for the rest. */
export function operation<Request>(work: (call: Call, request: Request) => Operation): Method {
  return (call, request) => pending(work(call, request));
}

/** An operation as the first reply shows it. */
export const pending = (operation: Operation): object =>
  operationMessage({ ...operation, done: false, response: undefined, error: undefined });

/** Like {@link operation}, with the whole answer in the first reply. */
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

/** A message as google.protobuf.Any. */
const pack = ({ type, value }: Typed) => ({
  typeUrl: `type.googleapis.com/${type}`,
  value: encode(typeOf(type), value),
});
