import { auditEventMembers, type Kind, type Members } from "../../components/auditEvent";
import { placeTypes } from "../../components/places";

export type { AuditEvent } from "../../components/auditEvent";

/** Kind of a column: a kind of members, except that `object` becomes `json`. */
export type ColumnKind = Exclude<Kind, "object">;

/** Column of the table `events`. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Description for docs/log-format.md. */
  readonly about: string;
  /**
   * Source members in the record, each as a path of names such as `["error", "code"]`. The first one with a value counts. Empty
   * for derived columns.
   */
  readonly members: readonly (readonly string[])[];
}

/** Column with a member of one element of `resource_metadata.path`. */
export interface PlaceColumn extends Column {
  readonly kind: "text";
  /** Type of the element. If it is absent, the last element is used. */
  readonly of?: string;
  readonly member: "resource_type" | "resource_id" | "resource_name";
}

/** DuckDB types of columns. */
export const duckdbTypes: Readonly<Record<ColumnKind, string>> = {
  text: "VARCHAR",
  time: "TIMESTAMPTZ",
  flag: "BOOLEAN",
  integer: "INTEGER",
  json: "JSON",
  path: "STRUCT(resource_type VARCHAR, resource_id VARCHAR, resource_name VARCHAR)[]",
};

/** Columns with members of the record, in the record's order. */
export const memberColumns: readonly Column[] = columnsOf(auditEventMembers);

function columnsOf(members: Members): Column[] {
  const columns = new Map<string, Column>();
  const add = (inner: Members, above: readonly string[]): void => {
    for (const [name, member] of Object.entries(inner)) {
      const place = [...above, name];
      if ("members" in member) add(member.members, place);
      else {
        const { kind, about, column = name } = member;
        const known = columns.get(column);
        columns.set(column, {
          name: column,
          kind: kind === "object" ? "json" : kind,
          about: known?.about ?? about,
          members: [...(known?.members ?? []), place],
        });
      }
    }
  };
  add(members, []);
  return [...columns.values()];
}

const place = (
  name: string,
  member: PlaceColumn["member"],
  of: string | undefined,
  about: string,
): PlaceColumn => ({ name, kind: "text", member, of, about, members: [] });

/** Resource types of containers: https://yandex.cloud/en/docs/audit-trails/concepts/format */
const { organization, cloud, folder } = placeTypes;

/** Columns with members of the path's elements. */
export const placeColumns: readonly PlaceColumn[] = [
  place("organization_id", "resource_id", organization, "Id of the organization in the path."),
  place("cloud_id", "resource_id", cloud, "Id of the cloud in the path."),
  place("cloud_name", "resource_name", cloud, "Name of the cloud in the path."),
  place("folder_id", "resource_id", folder, "Id of the folder in the path."),
  place("folder_name", "resource_name", folder, "Name of the folder in the path."),
  place("resource_type", "resource_type", undefined, "Type of the last element of the path."),
  place("resource_id", "resource_id", undefined, "Id of the last element of the path."),
  place("resource_name", "resource_name", undefined, "Name of the last element of the path."),
];

const derived = (name: string, kind: ColumnKind, about: string): Column => ({
  name,
  kind,
  about,
  members: [],
});

/** Columns that the store adds to each record. */
export const addedColumns: readonly Column[] = [
  derived(
    "event_time_text",
    "text",
    "`event_time` as delivered, if it has more than six fractional digits or is not a valid time.",
  ),
  derived(
    "rest",
    "json",
    "Members that this table does not have, or whose values have another kind. NULL if there are none.",
  ),
  derived("object", "text", "Key of the log object."),
  derived("position", "integer", "Position of the record in the log object, from 0."),
];

/** Columns of a cached log file, in order. */
export const storedColumns: readonly Column[] = [...memberColumns, ...placeColumns, ...addedColumns];

/** Column that the views add. */
export const trailColumn: Column = derived(
  "trail_id",
  "text",
  "Id of the trail that delivered the record. The view `events` has an event of several trails once, under the first trail.",
);

/** All columns of the table `events`, in order. */
export const columns: readonly Column[] = [...storedColumns, trailColumn];
