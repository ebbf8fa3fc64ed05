/** Characters that a terminal obeys instead of showing: controls, escape sequences, and marks of text direction. */
const acting = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Makes text from outside safe for a terminal. Without `lines` the result is one line. */
export function inert(text: string, { lines = false } = {}): string {
  const visible = text.replace(/\r\n/g, "\n").replace(acting, "\ufffd");
  return lines ? visible : visible.replace(/[\n\t]+/g, " ");
}

/** Formats text from outside as code in Markdown, in which mentions, links, references and HTML do nothing. */
export function code(text: string): string {
  const visible = inert(text) || " ";
  const fence = "`".repeat(longestRun(visible) + 1);
  const padding = fence.length > 1 || visible.startsWith("`") || visible.endsWith("`") ? " " : "";
  // In a table, a bar ends the cell even inside code.
  return `${fence}${padding}${visible.replace(/\|/g, "\\|")}${padding}${fence}`;
}

/** Formats lines from outside as a block of code in Markdown. */
export function codeBlock(lines: readonly string[], language = ""): string {
  const visible = lines.map((line) => inert(line));
  const fence = "`".repeat(Math.max(3, longestRun(visible.join("\n")) + 1));
  return `${fence}${language}\n${visible.join("\n")}\n${fence}`;
}

const longestRun = (text: string): number =>
  Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
