import { readFileSync } from "node:fs";
import { auditEventMembers, type Members } from "../../components/auditEvent";
import { addedColumns, columns, duckdbTypes, placeColumns, trailColumn } from "../../operate/logs/record";
import { renew } from "./renew";

const page = "docs/log-format.md";

const table = (head: string, rows: readonly (readonly string[])[]): string =>
  [head, head.replace(/[^|]+/g, "---"), ...rows.map((row) => `| ${row.join(" | ")} |`)].join("\n");

const code = (text: string): string => `\`${text}\``;

/** Rows of the members of a record, with the column that has each. */
function memberRows(members: Members, above: readonly string[] = []): string[][] {
  return Object.entries(members).flatMap(([name, member]) => {
    const path = [...above, name];
    if ("members" in member) return memberRows(member.members, path);
    const { kind, about, column = name } = member;
    return [[code(path.join(".")), kind, code(column), about]];
  });
}

const columnRows = [...placeColumns, ...addedColumns, trailColumn].map(({ name, kind, about }) => [
  code(name),
  code(duckdbTypes[kind]),
  about,
]);

/** Replaces the existing table. */
function replaced(text: string, name: string, table: string): string {
  const [begin, end] = [
    `<!-- ${name}: made of components/auditEvent.ts and operate/logs/record.ts by npm run docs. -->\n`,
    "<!-- End of what is made. -->",
  ];
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${page} has no place for ${name}: ${begin.trim()}`);
  return `${text.slice(0, from)}${begin}${table}\n${text.slice(to)}`;
}

const tables = {
  Members: table("| member | kind | column | meaning |", memberRows(auditEventMembers)),
  Columns: table("| column | type | meaning |", columnRows),
  Types: table(
    "| kind | type | columns |",
    Object.entries(duckdbTypes).map(([kind, type]) => [
      kind,
      code(type),
      String(columns.filter((column) => column.kind === kind).length),
    ]),
  ),
};

const text = Object.entries(tables).reduce(
  (before, [name, rows]) => replaced(before, name, rows),
  readFileSync(page, "utf8"),
);
renew({ [page]: text }, "npm run docs");
