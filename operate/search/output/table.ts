import stringWidth from "string-width";
import { inert } from "../../inert";

const gap = "  ";
/** Narrowest that a column gets. */
const narrowest = 8;

/** Rows by which the widths of columns are chosen; those that follow are cut or wider. */
export const rowsMeasured = 1000;

/** Returns the widths of columns so that they fit. @param width Columns of the terminal; absent for no limit. */
export function widthsOf(rows: readonly (readonly string[])[], width: number | undefined): number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) =>
    Math.max(0, ...rows.map((row) => stringWidth(row[i] ?? ""))),
  );
  if (width === undefined) return widths;
  let room = width - gap.length * (count - 1);
  // The narrower columns take what they need; the others share what is left.
  const byWidth = [...widths.keys()].sort((one, other) => (widths[one] ?? 0) - (widths[other] ?? 0));
  for (const [done, i] of byWidth.entries()) {
    const share = Math.max(narrowest, Math.floor(room / (count - done)));
    widths[i] = Math.min(widths[i] ?? 0, share);
    room -= widths[i] ?? 0;
  }
  return widths;
}

/** A row of cells in their columns. The last one is not padded. */
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

/** A cell that fits, with a mark where something is missing. */
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

/** Characters of the longest cell: measuring takes time. */
const longest = 4096;

/** Text of others for a cell: in one line, and without anything that acts. */
export const cellOf = (text: string): string =>
  inert(text.length > longest ? `${text.slice(0, longest)}…` : text).trim();
