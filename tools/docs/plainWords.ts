/** Wording that readers have to read twice, and the plain words for it. A space in a pattern also matches a line break. */
const plainWords: readonly (readonly [pattern: string, plain: string])[] = [
  ["(cannot be told|cannot tell)", "is unknown"],
  [
    "((is|are|was|were|been|(?<!cannot )be) )?(?<!cannot (be )?)(told|tell|tells|telling)",
    "report or print, with the actor as the subject",
  ],
  ["for want of", "because … is missing"],
  ["anew", "again, or a verb such as recreate"],
  ["(go|goes|going|went) on(?! (top|the PATH))", "continue"],
  ["(take|takes|taking|took) the place of", "replace"],
  ["in the place of", "instead of"],
  ["look(s|ed|ing)? (at|after|around|for|into|through)", "check, read or search"],
  ["the way on", "what to do"],
  ["for good", "permanently"],
  ["(whatever|whichever|whoever|whomever)", "any, every, or the noun"],
  ["(stand|stands|standing|stood) for", "mean, represent or replace"],
  ["(leave|leaves|leaving|left) alone", "do not change"],
  [
    "/\\*\\* (What|Whether|How|Who|Whom|Whose|Why|Where|Which|When)",
    "a docstring that begins with a verb (Returns…, Checks whether…) or with a noun",
  ],
];

/** Pattern of names in code that do not name the thing. Case matters. */
const vagueNames = "(tell[A-Z]\\w*|untold|\\w*[a-z](Tell|Told|Anew)([A-Z]\\w*)?|lookAt\\w*|\\w+Look)";

/** Pattern of the space between two words: also a line break in a comment, and between two parts of a string. */
const space = '(?:\\s*["`] \\+\\s*["`]\\s*|\\s+(?:\\*\\s+|//\\s*)?)';

const wholeWords = (pattern: string, flags: string): RegExp =>
  new RegExp(`(?<![\\w-])${pattern.replaceAll(" ", space)}(?![\\w-])`, flags);

const patterns = [
  ...plainWords.map(([pattern, plain]) => ({ pattern: wholeWords(pattern, "gi"), plain })),
  { pattern: wholeWords(vagueNames, "g"), plain: "a name for the thing, such as reported or unknown" },
];

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
