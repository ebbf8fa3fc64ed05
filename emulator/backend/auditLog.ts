import type { Call } from "./calls";
import type { Clock } from "./clock";
import type { CloudError, Code } from "./errors";
import type { Ids } from "./ids";
import type { Resource } from "./resourceTree";
import type { Store, Table } from "./store";

/** How far back a trail delivers: https://yandex.cloud/en/docs/audit-trails/concepts/trail. */
export const hoursKept = 72;

/** A record as trails deliver it: https://yandex.cloud/en/docs/audit-trails/concepts/format. */
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
  readonly error?: { readonly code: number; readonly message: string };
  readonly details: object;
  readonly request_parameters: object;
}

export interface EventRow {
  /** Position in the log. */
  readonly sequence: number;
  readonly event: AuditEvent;
}

const subjectTypes: Readonly<Record<string, string>> = {
  userAccount: "YANDEX_PASSPORT_USER_ACCOUNT",
  federatedUser: "FEDERATED_USER_ACCOUNT",
  serviceAccount: "SERVICE_ACCOUNT",
};

/** Numbers of google.rpc.Code. */
const codeNumbers: Readonly<Record<Code, number>> = {
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
};

/** Management events of the whole cloud, kept as long as trails may ask for them. */
export class AuditLog {
  private readonly events: Table<EventRow>;
  /** Position of the newest event. */
  lastSequence: number;

  constructor(
    store: Store,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {
    this.events = store.table("auditEvents");
    this.lastSequence = this.events.values().at(-1)?.sequence ?? 0;
    clock.onTick(() => this.prune());
  }

  record(
    call: Call,
    what: {
      event: string;
      authorized: boolean;
      subjectName: string;
      path: readonly Resource[];
      parameters: object;
      details?: object;
      error?: CloudError;
    },
  ): void {
    this.lastSequence += 1;
    const sequence = this.lastSequence;
    const source = what.event.slice(0, what.event.lastIndexOf("."));
    const event: AuditEvent = {
      event_id: this.ids.fixed("evt", String(sequence)),
      event_source: source,
      event_type: `yandex.cloud.audit.${what.event}`,
      event_time: this.clock.now().toISOString(),
      authentication: {
        authenticated: true,
        subject_type: subjectTypes[call.subject.type],
        subject_id: call.subject.id,
        subject_name: what.subjectName,
        token_info: { masked_iam_token: call.maskedToken },
      },
      authorization: { authorized: what.authorized },
      resource_metadata: {
        path: what.path.map(({ type, id, name }) => ({
          resource_type: type,
          resource_id: id,
          resource_name: name,
        })),
      },
      request_metadata: {
        remote_address: call.remoteAddress,
        user_agent: call.userAgent,
        request_id: call.requestId,
      },
      event_status: what.error ? "ERROR" : "DONE",
      ...(what.error && { error: { code: codeNumbers[what.error.code], message: what.error.message } }),
      details: what.details ?? {},
      request_parameters: what.parameters,
    };
    this.events.put(String(sequence), { sequence, event });
  }

  /** Events after a position, oldest first. */
  after(sequence: number): EventRow[] {
    return this.events.values().filter((row) => row.sequence > sequence);
  }

  private prune(): void {
    const oldest = new Date(this.clock.now().getTime() - hoursKept * 3_600_000).toISOString();
    // The last one stays: it carries the sequence on.
    for (const { sequence, event } of this.events.values().slice(0, -1))
      if (event.event_time < oldest) this.events.delete(String(sequence));
  }
}
