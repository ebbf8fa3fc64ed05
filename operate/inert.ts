/** Characters that act instead of being shown: controls, escape sequences, and those that turn the direction of text. */
const acting = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text of others, with nothing in it that acts on a terminal; in one line, unless it may have more. */
export function inert(text: string, { lines = false } = {}): string {
  const visible = text.replace(/\r\n/g, "\n").replace(acting, "\ufffd");
  return lines ? visible : visible.replace(/[\n\t]+/g, " ");
}

/** Text of others as code in Markdown, where no mention, link, reference or HTML works. */
export function code(text: string): string {
  const visible = inert(text) || " ";
  const fence = "`".repeat(longestRun(visible) + 1);
  const padding = fence.length > 1 || visible.startsWith("`") || visible.endsWith("`") ? " " : "";
  // In a table also the code ends a cell at a bar.
  return `${fence}${padding}${visible.replace(/\|/g, "\\|")}${padding}${fence}`;
}

/** Lines of others as a block of code in Markdown. */
export function codeBlock(lines: readonly string[], language = ""): string {
  const visible = lines.map((line) => inert(line));
  const fence = "`".repeat(Math.max(3, longestRun(visible.join("\n")) + 1));
  return `${fence}${language}\n${visible.join("\n")}\n${fence}`;
}

const longestRun = (text: string): number =>
  Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
