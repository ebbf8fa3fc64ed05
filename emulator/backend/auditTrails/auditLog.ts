import type { Caller } from "../calls";
import type { Clock } from "../clock";
import type { CloudError, Code } from "../errors";
import type { AccessBinding, Subject } from "../iam/access";
import type { Ids } from "../ids";
import type { Resource, ResourceTree } from "../resourceManager/resourceTree";
import type { Store } from "../store";
import type { Table } from "../table";
import { recorded } from "./memberNames";

/** Maximum age of events that a trail delivers, in hours: https://yandex.cloud/en/docs/audit-trails/concepts/trail. */
export const hoursKept = 72;

/** A delivered record: https://yandex.cloud/en/docs/audit-trails/concepts/format. */
export interface AuditEvent {
  readonly event_id: string;
  readonly event_source: string;
  readonly event_type: string;
  readonly event_time: string;
  readonly authentication: object;
  readonly authorization: { readonly authorized: boolean };
  readonly resource_metadata: {
    readonly path: readonly { resource_type: string; resource_id: string; resource_name: string }[];
  };
  readonly request_metadata: object;
  readonly event_status: "DONE" | "ERROR";
  readonly error?: { readonly code: number; readonly message: string; readonly details: readonly object[] };
  readonly details: object;
  readonly request_parameters?: object;
  readonly response?: object;
}

export interface EventRow {
  /** Position in the log. */
  readonly sequence: number;
  readonly event: AuditEvent;
  readonly isDataEvent?: boolean;
}

/** Data of an event, for its record. */
export interface Happening {
  readonly event: string;
  readonly authorized: boolean;
  readonly path: readonly Resource[];
  readonly parameters?: object;
  readonly details?: object;
  readonly response?: object;
  readonly error?: CloudError;
}

/** The vendor's names of subjects in records: https://yandex.cloud/en/docs/audit-trails/concepts/format */
const subjectTypes: Readonly<Record<string, string>> = {
  userAccount: "YANDEX_PASSPORT_USER_ACCOUNT",
  federatedUser: "FEDERATED_USER_ACCOUNT",
  serviceAccount: "SERVICE_ACCOUNT",
  group: "GROUP",
  system: "SYSTEM",
};

/** Returns an access binding in the form of records. In the local cloud only accounts have names. */
export const recordedBinding = (tree: ResourceTree, { roleId, subject }: AccessBinding): object => ({
  roleId,
  subjectId: subject.id,
  subjectType: subjectTypes[subject.type],
  subjectName: tree.get(subject.id)?.name ?? subject.id,
});

/** Numbers of google.rpc.Code. */
const codeNumbers: Readonly<Record<Code, number>> = {
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  UNIMPLEMENTED: 12,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
};

/** Events of the whole cloud, kept as long as trails may need them. */
export class AuditLog {
  private readonly events: Table<EventRow>;
  /** Positions of the oldest and of the newest event. */
  private firstSequence: number;
  lastSequence: number;

  constructor(
    store: Store,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly tree: ResourceTree,
  ) {
    this.events = store.table("auditEvents");
    const rows = this.events.values();
    this.firstSequence = rows[0]?.sequence ?? 1;
    this.lastSequence = rows.at(-1)?.sequence ?? 0;
    clock.onTick(() => this.prune());
  }

  /** Records a management event. */
  record(caller: Caller, what: Happening): void {
    this.append(this.eventOf(caller, what), false);
  }

  append(event: AuditEvent, isDataEvent: boolean): void {
    this.lastSequence += 1;
    const sequence = this.lastSequence;
    this.events.put(String(sequence), { sequence, event, ...(isDataEvent && { isDataEvent }) });
  }

  /** Makes the record of an event. It is not in the log yet. */
  eventOf({ subject, ...caller }: Caller, what: Happening): AuditEvent {
    return {
      event_id: this.ids.fixed("evt", String(this.lastSequence + 1)),
      event_source: what.event.slice(0, what.event.lastIndexOf(".")),
      event_type: `yandex.cloud.audit.${what.event}`,
      event_time: this.clock.now().toISOString(),
      authentication: this.authenticationOf(subject, caller.maskedToken),
      authorization: { authorized: what.authorized },
      resource_metadata: {
        path: what.path.map(({ type, id, name }) => ({
          resource_type: type,
          resource_id: id,
          resource_name: name,
        })),
      },
      request_metadata: {
        remote_address: caller.remoteAddress,
        user_agent: caller.userAgent,
        request_id: caller.requestId,
      },
      event_status: what.error ? "ERROR" : "DONE",
      ...(what.error && {
        error: { code: codeNumbers[what.error.code], message: what.error.message, details: [] },
      }),
      details: recorded(what.details ?? {}) as object,
      ...(what.parameters && { request_parameters: recorded(what.parameters) as object }),
      ...(what.response && { response: recorded(what.response) as object }),
    };
  }

  private authenticationOf({ type, id }: Subject, maskedToken: string): object {
    if (type === "system") return { authenticated: false };
    return {
      authenticated: true,
      subject_type: subjectTypes[type],
      subject_id: id,
      // Accounts have names here, users do not.
      subject_name: this.tree.get(id)?.name ?? id,
      ...(type === "federatedUser" && {
        federation_id: this.ids.fixed("bpf", "federation"),
        federation_name: "local-federation",
        federation_type: "PRIVATE_FEDERATION",
      }),
      token_info: { masked_iam_token: maskedToken },
    };
  }

  /** Returns the events after a position, oldest first. */
  after(sequence: number): EventRow[] {
    const rows: EventRow[] = [];
    for (let next = Math.max(sequence + 1, this.firstSequence); next <= this.lastSequence; next += 1) {
      const row = this.events.get(String(next));
      if (row) rows.push(row);
    }
    return rows;
  }

  /** Returns the newest events, newest first. */
  latest(count: number): AuditEvent[] {
    return this.after(this.lastSequence - count)
      .map(({ event }) => event)
      .reverse();
  }

  private prune(): void {
    const oldest = this.clock.in({ hours: -hoursKept });
    // The last event stays: the next sequence number follows from it.
    while (this.firstSequence < this.lastSequence) {
      const row = this.events.get(String(this.firstSequence));
      if (row && row.event.event_time >= oldest) return;
      this.events.delete(String(this.firstSequence));
      this.firstSequence += 1;
    }
  }
}
