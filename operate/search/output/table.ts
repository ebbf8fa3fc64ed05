import stringWidth from "string-width";
import { inert } from "../../inert";

const gap = "  ";
/** Minimum width of a column. */
const narrowest = 8;

/** Number of rows that decide the widths of columns. Later rows are cut or padded to them. */
export const rowsMeasured = 1000;

/** Returns the widths of columns that fit the terminal. @param width Columns of the terminal; undefined for no limit. */
export function widthsOf(rows: readonly (readonly string[])[], width: number | undefined): number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) =>
    Math.max(0, ...rows.map((row) => stringWidth(row[i] ?? ""))),
  );
  if (width === undefined) return widths;
  let room = width - gap.length * (count - 1);
  // Narrow columns keep their width. The others share the remaining space.
  const byWidth = [...widths.keys()].sort((one, other) => (widths[one] ?? 0) - (widths[other] ?? 0));
  for (const [done, i] of byWidth.entries()) {
    const share = Math.max(narrowest, Math.floor(room / (count - done)));
    widths[i] = Math.min(widths[i] ?? 0, share);
    room -= widths[i] ?? 0;
  }
  return widths;
}

/** Returns the line of a row. The last cell is not padded. */
export const tableRow = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, i) => {
      const text = cut(cell, widths[i] ?? 0);
      return i === cells.length - 1
        ? text
        : text + " ".repeat(Math.max(0, (widths[i] ?? 0) - stringWidth(text)));
    })
    .join(gap)
    .trimEnd();

/** Cuts a cell to a width, and marks the cut with an ellipsis. */
function cut(cell: string, width: number): string {
  if (stringWidth(cell) <= width) return cell;
  let text = "";
  let taken = 0;
  for (const { segment } of graphemes.segment(cell)) {
    taken += stringWidth(segment);
    if (taken > width - 1) break;
    text += segment;
  }
  return `${text}…`;
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Largest number of characters of a cell. Longer ones are cut first, because measuring them is slow. */
const longest = 4096;

/** Returns untrusted text for a cell: in one line, with control characters replaced. */
export const cellOf = (text: string): string =>
  inert(text.length > longest ? `${text.slice(0, longest)}…` : text).trim();
