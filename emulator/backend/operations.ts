import type { Call } from "./calls";
import type { Clock } from "./clock";
import { CloudError } from "./errors";
import type { Ids } from "./ids";
import type { Store, Table } from "./store";

/** A message with the name of its protobuf type. */
export interface Typed {
  readonly type: string;
  readonly value: object;
}

export interface Operation {
  readonly id: string;
  readonly description: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly modifiedAt: string;
  readonly done: boolean;
  readonly metadata: Typed;
  readonly response?: Typed;
}

/** How long an operation can be asked for. The vendor does not say. */
const hoursKept = 72;

/** Operations: done at once in truth, reported done when they are asked for again. */
export class Operations {
  private readonly operations: Table<Operation>;
  private readonly byIdempotencyKey: Table<string>;

  constructor(
    store: Store,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {
    this.operations = store.table("operations");
    this.byIdempotencyKey = store.table("idempotencyKeys");
    clock.onTick(() => this.prune());
  }

  /** @param prefix Ids of operations begin like those of what they work on. */
  finished(call: Call, prefix: string, description: string, metadata: Typed, response: Typed): Operation {
    const now = this.clock.now().toISOString();
    const id = this.ids.make(prefix, "operation", description, JSON.stringify(metadata));
    const createdBy = call.subject.id;
    const operation = {
      id,
      description,
      createdAt: now,
      createdBy,
      modifiedAt: now,
      done: true,
      metadata,
      response,
    };
    this.operations.put(id, operation);
    if (call.idempotencyKey) this.byIdempotencyKey.put(idempotencyId(call), id);
    return operation;
  }

  /** The operation that an earlier call with the same key started. */
  repeated(call: Call): Operation | undefined {
    const id = call.idempotencyKey && this.byIdempotencyKey.get(idempotencyId(call));
    return id ? this.operations.get(id) : undefined;
  }

  get(id: string): Operation {
    const operation = this.operations.get(id);
    if (!operation) throw new CloudError("NOT_FOUND", `Operation ${id} not found`);
    return operation;
  }

  private prune(): void {
    const oldest = new Date(this.clock.now().getTime() - hoursKept * 3_600_000).toISOString();
    for (const { id, createdAt } of this.operations.values())
      if (createdAt < oldest) this.operations.delete(id);
    for (const [key, id] of this.byIdempotencyKey.entries())
      if (!this.operations.get(id)) this.byIdempotencyKey.delete(key);
  }
}

const idempotencyId = (call: Call): string =>
  [call.subject.type, call.subject.id, call.method, call.idempotencyKey].join("/");
