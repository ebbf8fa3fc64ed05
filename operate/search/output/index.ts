import type { LogValue } from "../../logs";
import { cellText, type Heading } from "./cells";
import { csvHead, csvRow } from "./csv";
import { jsonRow } from "./jsonl";
import { cellOf, rowsMeasured, tableRow, widthsOf } from "./table";

export type { Heading } from "./cells";
export { inertJson } from "./jsonl";

/** Destination of printed text. */
export interface Sink {
  write(text: string): Promise<void>;
  /** Columns of the terminal; undefined without a terminal. */
  readonly width?: number;
}

/** Printer of rows. */
export interface Output {
  row(row: readonly LogValue[]): Promise<void>;
  /** Writes the rows that are still waiting. */
  end(): Promise<void>;
}

type Make = (headings: readonly Heading[], zone: string, sink: Sink) => Output;

const nothing = async () => {};

/** Constructors of the outputs of `--format`. */
export const outputs: Readonly<Record<"table" | "jsonl" | "csv", Make>> = {
  table: (headings, zone, sink) => new Table(headings, zone, sink),
  jsonl: (headings, zone, sink) => ({
    row: (row) => sink.write(`${jsonRow(headings, row, zone)}\n`),
    end: nothing,
  }),
  csv(headings, zone, sink) {
    let head = csvHead(headings);
    return {
      async row(row) {
        const text = head + csvRow(row, zone);
        head = "";
        await sink.write(text);
      },
      end: () => sink.write(head),
    };
  },
};

/** Table. Its first rows decide the widths of its columns. */
class Table implements Output {
  private readonly columns: readonly TableColumn[];
  private waiting: string[][] = [];
  private widths: readonly number[] | undefined;

  constructor(
    headings: readonly Heading[],
    private readonly zone: string,
    private readonly sink: Sink,
  ) {
    this.columns = tableColumns(headings);
  }

  async row(row: readonly LogValue[]): Promise<void> {
    const cells = this.columns.map(({ text }) => cellOf(text(row, this.zone)));
    if (this.widths) return this.sink.write(`${tableRow(cells, this.widths)}\n`);
    this.waiting.push(cells);
    if (this.waiting.length >= rowsMeasured) await this.end();
  }

  async end(): Promise<void> {
    if (this.widths || this.waiting.length === 0) return;
    const rows = [this.columns.map(({ name }) => cellOf(name).toUpperCase()), ...this.waiting];
    const widths = widthsOf(rows, this.sink.width);
    this.widths = widths;
    this.waiting = [];
    await this.sink.write(rows.map((cells) => `${tableRow(cells, widths)}\n`).join(""));
  }
}

interface TableColumn {
  readonly name: string;
  text(row: readonly LogValue[], zone: string): string;
}

/**
 * Returns the columns of a table for people. Name and id of a subject share a cell. Times are cut to the second. Event types lose
 * their common prefix, and the path shows names.
 */
function tableColumns(headings: readonly Heading[]): TableColumn[] {
  return headings.flatMap(({ name, type }, i): TableColumn[] => {
    const value = (row: readonly LogValue[], at = i) => row[at] ?? null;
    if (name === "subject_id" && headings[i - 1]?.name === "subject_name") return [];
    if (name === "subject_name" && headings[i + 1]?.name === "subject_id")
      return [{ name: "subject", text: (row) => subjectOf(value(row), value(row, i + 1)) }];
    if (type.startsWith("TIMESTAMP"))
      return [{ name, text: (row, zone) => cellText(value(row), zone).replace(/\.\d+/, "") }];
    if (name === "event_type")
      return [
        { name, text: (row, zone) => cellText(value(row), zone).replace(/^yandex\.cloud\.audit\./, "") },
      ];
    if (name === "path") return [{ name, text: (row) => pathOf(value(row)) }];
    return [{ name, text: (row, zone) => cellText(value(row), zone) }];
  });
}

function subjectOf(name: LogValue, id: LogValue): string {
  if (!id || name === id) return String(name ?? "");
  return name ? `${name} (${id})` : String(id);
}

const pathOf = (path: LogValue): string =>
  Array.isArray(path)
    ? path.map((one) => String(one?.resource_name || one?.resource_id || "?")).join("/")
    : "";
