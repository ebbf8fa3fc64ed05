/** Wording that readers have to read twice, and the plain words for it. A space in a pattern also matches a line break. */
const plainWords: readonly (readonly [pattern: string, plain: string])[] = [
  ["cannot be told", "is unknown"],
  ["(is|are|was|were|been|(?<!cannot )be) told", "report or print, with the actor as the subject"],
  ["for want of", "because … is missing"],
  ["anew", "again, or a verb such as recreate"],
  ["(go|goes|going|went) on(?! (top|the PATH))", "continue"],
  ["(take|takes|taking|took) the place of", "replace"],
  ["look(s|ed|ing)? at", "check or read"],
  [
    "/\\*\\* (What|Whether|How|Who|Whom|Whose|Why|Where|Which|When)",
    "a docstring that begins with a verb (Returns…, Checks whether…) or with a noun",
  ],
];

/** Pattern of the space between two words: also a line break in a comment, and between two parts of a string. */
const space = '(?:\\s*["`] \\+\\s*["`]\\s*|\\s+(?:\\*\\s+|//\\s*)?)';

const patterns = plainWords.map(([pattern, plain]) => ({
  pattern: new RegExp(`(?<![\\w-])${pattern.replaceAll(" ", space)}(?![\\w-])`, "gi"),
  plain,
}));

/** Returns a line for each wording in a source file or a page that plain words should replace: file, line, words, advice. */
export function wordingFaults(file: string, text: string): string[] {
  const shown = file.endsWith(".md") ? withoutCode(text) : text;
  const lineAt = (index: number) => shown.slice(0, index).split("\n").length;
  return patterns
    .flatMap(({ pattern, plain }) => [...shown.matchAll(pattern)].map((match) => ({ ...match, plain })))
    .sort((one, other) => one.index - other.index)
    .map(
      ({ 0: words, index, plain }) =>
        `${file}:${lineAt(index)}: instead of "${words.replace(/\s+/g, " ")}" write: ${plain}`,
    );
}

/** Empties the code blocks of a page: they show the output of programs. */
const withoutCode = (page: string): string =>
  page.replace(/^( *)```.*?^\1```/gms, (block) => block.replace(/[^\n]/g, ""));
