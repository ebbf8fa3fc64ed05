import type { Call } from "./calls";
import { type Clock, type Duration, inMilliseconds } from "./clock";
import { CloudError, type Code } from "./errors";
import type { Faults } from "./faults";
import type { Ids } from "./ids";
import type { Store } from "./store";
import type { Table } from "./table";

/** A message with the name of its protobuf type. */
export interface Typed {
  readonly type: string;
  readonly value: object;
}

/** Response of operations without a result. */
export const emptyResponse: Typed = { type: "google.protobuf.Empty", value: {} };

export interface Operation {
  readonly id: string;
  readonly description: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly modifiedAt: string;
  readonly done: boolean;
  readonly metadata: Typed;
  readonly response?: Typed;
  /** Error of a failed operation. */
  readonly error?: { readonly code: Code; readonly message: string };
  /** Time until which clients see the operation as pending, as ISO text; absent if it is done at once. */
  readonly pendingUntil?: string;
}

/** A refusal that the first reply does not show: the operation fails at the next request. */
export class LateFailure extends CloudError {
  private kept?: Operation;

  /** @param keep Function that stores the failed operation. */
  constructor(
    code: Code,
    message: string,
    private readonly keep: () => Operation,
  ) {
    super(code, message);
  }

  /** The stored operation. Read it after its work is undone. */
  get operation(): Operation {
    this.kept ??= this.keep();
    return this.kept;
  }
}

/** Hours for which operations are kept. The vendor does not document it. */
const hoursKept = 72;

/** Operations. Their work is done at once, but the first reply shows them as pending. */
export class Operations {
  /** Time for which clients see an operation as pending. */
  duration: Duration = {};
  /** Seconds that clients should wait between two polls, as text. */
  pollInterval = "0";
  private readonly operations: Table<Operation>;
  private readonly byIdempotencyKey: Table<string>;

  constructor(
    store: Store,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly faults: Faults,
  ) {
    this.operations = store.table("operations");
    this.byIdempotencyKey = store.table("idempotencyKeys");
    clock.onTick(() => this.prune());
  }

  /**
   * Stores a completed operation.
   *
   * @param prefix Prefix of the operation's id. The id of the changed resource has the same prefix.
   * @param until Time until which clients see the operation as pending, as ISO text; @default now plus {@link duration}
   * @throws {LateFailure} if a test asked for it.
   */
  finished(
    call: Call,
    prefix: string,
    description: string,
    metadata: Typed,
    response: Typed,
    until?: string,
  ): Operation {
    const failure = this.faults.lateFailure(call.method);
    const keep = (outcome: Pick<Operation, "response" | "error">) =>
      this.keep(call, prefix, { description, metadata, ...outcome }, until);
    if (failure) throw new LateFailure(failure.code, failure.message, () => keep({ error: failure }));
    return keep({ response });
  }

  private keep(
    call: Call,
    prefix: string,
    what: Pick<Operation, "description" | "metadata" | "response" | "error">,
    until?: string,
  ): Operation {
    const now = this.clock.now().toISOString();
    const pendingUntil =
      until ?? (inMilliseconds(this.duration) > 0 ? this.clock.in(this.duration) : undefined);
    const operation: Operation = {
      id: this.ids.make(prefix, ...namesOf(what.description, what.metadata)),
      createdAt: now,
      createdBy: call.subject.id,
      modifiedAt: now,
      done: true,
      ...what,
      ...(pendingUntil && { pendingUntil }),
    };
    this.operations.put(operation.id, operation);
    if (call.idempotencyKey) this.byIdempotencyKey.put(idempotencyId(call), operation.id);
    return operation;
  }

  /** Cancels a pending operation. @param fields Further fields of its metadata. */
  cancel(id: string, fields: object): void {
    const operation = this.operations.get(id);
    if (!operation) return;
    const { response: _, pendingUntil: __, metadata, ...rest } = operation;
    this.operations.put(id, {
      ...rest,
      modifiedAt: this.clock.now().toISOString(),
      metadata: { ...metadata, value: { ...metadata.value, ...fields } },
      error: { code: "CANCELLED", message: "Cancelled" },
    });
  }

  /** Returns the operation of an earlier call with the same idempotency key. */
  repeated(call: Call): Operation | undefined {
    const id = call.idempotencyKey && this.byIdempotencyKey.get(idempotencyId(call));
    return id ? this.operations.get(id) : undefined;
  }

  /**
   * Returns the current state of an operation.
   *
   * @param mayGet Checks whether the caller may read the resource of the operation.
   * @throws {CloudError} NOT_FOUND also for callers who neither started it nor may read its resource.
   */
  get(call: Call, id: string, mayGet: (resourceId: string) => boolean): Operation {
    const operation = this.operations.get(id);
    const isVisible =
      operation?.createdBy === call.subject.id || (operation && resourcesOf(operation).some(mayGet));
    if (!operation || !isVisible) throw new CloudError("NOT_FOUND", `Operation ${id} not found`);
    return this.shown(operation);
  }

  /** Returns the operations on a resource, newest first. */
  of(resourceId: string): Operation[] {
    const all = this.operations.values().filter((operation) => resourcesOf(operation).includes(resourceId));
    return all.reverse().map((operation) => this.shown(operation));
  }

  private shown(operation: Operation): Operation {
    const { pendingUntil = "" } = operation;
    const isPending = pendingUntil > this.clock.now().toISOString();
    return isPending ? { ...operation, done: false, response: undefined, error: undefined } : operation;
  }

  private prune(): void {
    const oldest = this.clock.in({ hours: -hoursKept });
    const old = this.operations.values().filter(({ createdAt }) => createdAt < oldest);
    if (old.length === 0) return;
    for (const { id } of old) this.operations.delete(id);
    // The numbers of similar operations continue while one of them is left.
    const left = new Set(
      this.operations.values().map((one) => namesOf(one.description, one.metadata).join("/")),
    );
    for (const { id, description, metadata } of old) {
      const names = namesOf(description, metadata);
      if (!left.has(names.join("/"))) this.ids.forget(id.slice(0, 3), ...names);
    }
    for (const [key, id] of this.byIdempotencyKey.entries())
      if (!this.operations.get(id)) this.byIdempotencyKey.delete(key);
  }
}

const namesOf = (description: string, metadata: Typed): string[] => [
  "operation",
  description,
  JSON.stringify(metadata),
];

const resourcesOf = ({ metadata }: Operation): string[] =>
  Object.values(metadata.value).filter((value) => typeof value === "string");

const idempotencyId = (call: Call): string =>
  [call.subject.type, call.subject.id, call.method, call.idempotencyKey].join("/");
