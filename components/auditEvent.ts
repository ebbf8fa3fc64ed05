/** TypeScript types of members, by kind. */
interface Values {
  readonly text: string;
  /** RFC 3339, with 0 to 9 fractional digits. */
  readonly time: string;
  readonly flag: boolean;
  readonly integer: number;
  readonly object: Readonly<Record<string, unknown>>;
  /** Any JSON value. */
  readonly json: unknown;
  /** Organization, cloud, folder and the resource itself, in this order. */
  readonly path: readonly PathElement[];
}

/** Kind of a value in a log record. */
export type Kind = keyof Values;

/** Resource in the path of an event. */
export interface PathElement {
  /** Type, such as `resource-manager.folder`. */
  readonly resource_type?: string;
  readonly resource_id?: string;
  readonly resource_name?: string;
}

/** Member of a log record that has a value. */
interface Leaf<K extends Kind = Kind> {
  readonly kind: K;
  /** Description for docs/log-format.md. */
  readonly about: string;
  /** Column of the table `events`; the member's name by default. */
  readonly column?: string;
}

/** Member of a log record that has members of its own. */
interface Group {
  readonly members: Members;
}

export type Members = Readonly<Record<string, Leaf | Group>>;

const leaf =
  <K extends Kind>(kind: K) =>
  (about: string, column?: string): Leaf<K> => ({ kind, about, column });
const group = <M extends Members>(members: M): { readonly members: M } => ({ members });

const [text, time, flag, integer] = [leaf("text"), leaf("time"), leaf("flag"), leaf("integer")];
const [object, json, path] = [leaf("object"), leaf("json"), leaf("path")];

/** Names of the members of a path element. */
export const pathMembers = [
  "resource_type",
  "resource_id",
  "resource_name",
] as const satisfies readonly (keyof PathElement)[];

/**
 * Members of a record of the audit log: https://yandex.cloud/en/docs/audit-trails/concepts/format
 *
 * The type {@link AuditEvent}, the table `events` of `audit-trails search` and docs/log-format.md are generated from it. Every
 * member may be missing.
 */
export const auditEventMembers = {
  event_id: text("Id of the event. One event may be delivered more than once."),
  event_source: text("Service, such as `iam`."),
  event_type: text("Such as `yandex.cloud.audit.iam.CreateServiceAccount`."),
  event_time: time("Time of the event, RFC 3339 with 0 to 9 fractional digits."),
  event_status: text("`STARTED`, `RUNNING`, `DONE`, `CANCELLED` or `ERROR`."),
  authentication: group({
    authenticated: flag("True if the subject is authenticated."),
    subject_type: text(
      "`YANDEX_PASSPORT_USER_ACCOUNT`, `SERVICE_ACCOUNT`, `FEDERATED_USER_ACCOUNT`, `SSH_USER` or `KUBERNETES_USER`.",
    ),
    subject_id: text("Id of the acting account."),
    subject_name: text("Name of the acting account."),
    federation_id: text("Id of the subject's federation. Federated accounts only."),
    federation_name: text("Name of the federation."),
    federation_type: text("`PRIVATE_FEDERATION` or `GLOBAL_FEDERATION`."),
    token_info: group({
      masked_iam_token: text("IAM token without its signature."),
      iam_token_id: text("Id of the IAM token."),
      impersonator_id: text("Id of the account that acts in the subject's name."),
      impersonator_type: text("Type of the account that acts in the subject's name."),
      impersonator_name: text("Name of the account that acts in the subject's name."),
      impersonator_federation_id: text("Id of the impersonator's federation."),
      impersonator_federation_name: text("Name of the impersonator's federation."),
      impersonator_federation_type: text("Type of the impersonator's federation."),
    }),
    // The vendor replaced it by token_info in 2024: https://yandex.cloud/en/docs/audit-trails/release-notes
    impersonator_info: group({
      impersonator_id: text("Older form of `token_info.impersonator_id`."),
      type: text("Older form of `token_info.impersonator_type`.", "impersonator_type"),
      name: text("Older form of `token_info.impersonator_name`.", "impersonator_name"),
      federation_id: text(
        "Older form of `token_info.impersonator_federation_id`.",
        "impersonator_federation_id",
      ),
      federation_name: text(
        "Older form of `token_info.impersonator_federation_name`.",
        "impersonator_federation_name",
      ),
      federation_type: text(
        "Older form of `token_info.impersonator_federation_type`.",
        "impersonator_federation_type",
      ),
    }),
  }),
  authorization: group({ authorized: flag("True if the subject has permission for the call.") }),
  resource_metadata: group({
    path: path(
      "Organization, cloud, folder and resource, each with `resource_type`, `resource_id` and `resource_name`.",
    ),
  }),
  request_metadata: group({
    remote_address: text("Address of the caller. `cloud.yandex` is Yandex Cloud itself."),
    remote_port: text("Port of the caller."),
    user_agent: text("User agent of the caller. `Yandex Cloud` is Yandex Cloud itself."),
    request_id: text("Id of the request."),
  }),
  error: group({
    code: integer(
      "Code of the failure: https://grpc.io/docs/guides/status-codes. 7 is a denied permission.",
      "error_code",
    ),
    message: text("Message of the failure.", "error_message"),
    details: json("Details of the failure.", "error_details"),
  }),
  details: object("Facts of the event. Their members depend on `event_type`."),
  request_parameters: object("Parameters of the request."),
  response: object("Answer of the service."),
} as const satisfies Members;

type TypedMembers<M> = {
  readonly [Name in keyof M]?: M[Name] extends Leaf<infer K>
    ? Values[K]
    : M[Name] extends { readonly members: infer Inner }
      ? TypedMembers<Inner>
      : never;
};

/**
 * Record of the audit log, as trails deliver it. A log object is a JSON array of such records. Every member may be missing.
 *
 * docs/log-format.md describes the members.
 */
export type AuditEvent = TypedMembers<typeof auditEventMembers>;
