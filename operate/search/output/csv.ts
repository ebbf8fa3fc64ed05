import { inert } from "../../inert";
import type { LogValue } from "../../logs";
import { cellText, type Heading } from "./cells";

/** Beginnings that make a formula of a cell: https://owasp.org/www-community/attacks/CSV_Injection */
const formula = /^[=+\-@\t\r]/;

/** A cell by RFC 4180. Texts that a spreadsheet would run begin with an apostrophe. */
function cell(text: string, isNumber: boolean): string {
  const shown = inert(text, { lines: true });
  const harmless = !isNumber && formula.test(shown) ? `'${shown}` : shown;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const line = (cells: readonly string[]): string => `${cells.join(",")}\r\n`;

/** The line of column names. */
export const csvHead = (headings: readonly Heading[]): string =>
  line(headings.map(({ name }) => cell(name, false)));

export const csvRow = (row: readonly LogValue[], zone: string): string =>
  line(
    row.map((value) => cell(cellText(value, zone), typeof value === "number" || typeof value === "bigint")),
  );
