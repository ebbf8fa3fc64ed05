interface Grouping<Row> {
  readonly keyOf: (row: Row) => string;
  readonly groups: Map<string, Map<string, Row>>;
}

function groupOf<Row>(groups: Map<string, Map<string, Row>>, key: string): Map<string, Row> {
  let group = groups.get(key);
  if (!group) {
    group = new Map();
    groups.set(key, group);
  }
  return group;
}

/** Rows by id. A row is plain JSON. Changes replace the row. */
export class Table<Row> {
  private readonly rows = new Map<string, Row>();
  private readonly groupings: Grouping<Row>[] = [];

  constructor(private readonly changed: (id: string, row: Row | null, before?: Row) => void) {}

  get(id: string): Row | undefined {
    return this.rows.get(id);
  }

  put(id: string, row: Row): void {
    const before = this.rows.get(id);
    this.restore(id, row);
    this.changed(id, row, before);
  }

  delete(id: string): void {
    const before = this.rows.get(id);
    if (before === undefined) return;
    this.restore(id, undefined);
    this.changed(id, null, before);
  }

  /** Restores a row, or deletes it if there was none. */
  restore(id: string, row: Row | undefined): void {
    const before = this.rows.get(id);
    for (const { keyOf, groups } of this.groupings) {
      const key = row === undefined ? undefined : keyOf(row);
      // A row that stays in its group keeps its place.
      if (before !== undefined && keyOf(before) !== key) groups.get(keyOf(before))?.delete(id);
      if (row !== undefined && key !== undefined) groupOf(groups, key).set(id, row);
    }
    if (row === undefined) this.rows.delete(id);
    else this.rows.set(id, row);
  }

  /** Builds an index. @returns a function that finds the rows with the same text. */
  groupedBy(keyOf: (row: Row) => string): (key: string) => Row[] {
    const groups = new Map<string, Map<string, Row>>();
    for (const [id, row] of this.rows) groupOf(groups, keyOf(row)).set(id, row);
    this.groupings.push({ keyOf, groups });
    return (key) => [...(groups.get(key)?.values() ?? [])];
  }

  get size(): number {
    return this.rows.size;
  }

  values(): Row[] {
    return [...this.rows.values()];
  }

  entries(): [string, Row][] {
    return [...this.rows];
  }
}
