import { inert } from "../../inert";
import type { LogValue } from "../../logs";
import { cellText, type Heading } from "./cells";

/** First characters that turn a cell into a formula: https://owasp.org/www-community/attacks/CSV_Injection */
const formula = /^[=+\-@\t\r]/;

/** Returns a cell by RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe. */
function cell(text: string, isNumber: boolean): string {
  const shown = inert(text, { lines: true });
  const harmless = !isNumber && formula.test(shown) ? `'${shown}` : shown;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const line = (cells: readonly string[]): string => `${cells.join(",")}\r\n`;

/** Returns the line of column names. */
export const csvHead = (headings: readonly Heading[]): string =>
  line(headings.map(({ name }) => cell(name, false)));

/** Returns the line of a row. */
export const csvRow = (row: readonly LogValue[], zone: string): string =>
  line(
    row.map((value) => cell(cellText(value, zone), typeof value === "number" || typeof value === "bigint")),
  );
