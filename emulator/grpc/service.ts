import { type ServiceDefinition, status } from "@grpc/grpc-js";
import { Operation as OperationMessage } from "@yandex-cloud/nodejs-sdk/operation/operation";
import type { Call } from "../backend/calls";
import type { Operation } from "../backend/operations";
import { pack } from "./any";

/** Reads and writes one type of message; the generated code of the SDK. */
export interface Codec<Message> {
  // biome-ignore lint/suspicious/noExplicitAny: the generated code's own type
  fromJSON(object: any): Message;
  toJSON(message: Message): unknown;
}

/** Answers a request of an authenticated client. */
export type Method = (call: Call, request: unknown) => unknown;

/** A request that names the fields which are to change. */
export type Masked<Request> = Request & { readonly updateMask?: { readonly paths: readonly string[] } };

/** A gRPC service: the methods that are not there answer UNIMPLEMENTED. */
export interface Service {
  readonly definition: ServiceDefinition;
  readonly methods: Readonly<Record<string, Method>>;
}

/** A method that answers with a message. The backend speaks plain JSON: enum values by name, times as ISO text. */
export function unary<Request, RequestMessage, ResponseMessage>(
  requestCodec: Codec<RequestMessage>,
  responseCodec: Codec<ResponseMessage>,
  work: (call: Call, request: Request) => object,
): Method {
  return (call, request) =>
    responseCodec.fromJSON(work(call, requestCodec.toJSON(request as RequestMessage) as Request));
}

/** A method that starts an operation. Its first reply is pending: the client has to ask for the rest. */
export function operation<Request, RequestMessage>(
  requestCodec: Codec<RequestMessage>,
  work: (call: Call, request: Request) => Operation,
): Method {
  return (call, request) => pending(work(call, requestCodec.toJSON(request as RequestMessage) as Request));
}

/** An operation as the first reply shows it. */
export const pending = (operation: Operation): OperationMessage =>
  operationMessage({ ...operation, done: false, response: undefined, error: undefined });

/** Like {@link operation}, with the whole answer in the first reply. */
export function immediateOperation<Request, RequestMessage>(
  requestCodec: Codec<RequestMessage>,
  work: (call: Call, request: Request) => Operation,
): Method {
  return (call, request) =>
    operationMessage(work(call, requestCodec.toJSON(request as RequestMessage) as Request));
}

export function operationMessage({ metadata, response, error, ...rest }: Operation): OperationMessage {
  return {
    ...OperationMessage.fromJSON(rest),
    error: error && { code: status[error.code], message: error.message, details: [] },
    metadata: pack(metadata),
    response: response && pack(response),
  };
}
