import { wordingFaults } from "../../../tools/docs/plainWords";

/** The faults of a text, without its file. */
const faultsIn = (text: string, file = "a.ts") =>
  wordingFaults(file, text).map((fault) => fault.replace(`${file}:`, ""));

test.each([
  ["// It cannot be told from here.", '1: instead of "cannot be told" write: is unknown'],
  ["const a = 1;\n// Fails for want of a role.", '2: instead of "for want of" write: because … is missing'],
  ['log("The run goes on.");', '1: instead of "goes on" write: continue'],
  [
    "/** What becomes of a trail. */",
    /^1: instead of "\/\*\* What" write: a docstring that begins with a verb/,
  ],
  ["/**\n * Whether a key is active.\n */", /^1: instead of "\/\*\* \* Whether" write: a docstring/],
  ["// Nobody is\n  // told.", /^1: instead of "is \/\/ told" write: report/],
  ["/**\n * It takes the\n * place of a key.\n */", /^2: .* write: replace$/],
  ["// Nobody can tell.", /^1: instead of "tell" write: report/],
  ["// The command cannot tell.", '1: instead of "cannot tell" write: is unknown'],
  ["// It looks for a key.", /^1: instead of "looks for" write: check/],
  ["// It stands in the place of a key.", /^1: .* write: instead of$/],
  ["// The way on is printed.", /^1: .* write: what to do$/],
  ["// Whoever has the key can act.", /^1: instead of "Whoever" write: any, every/],
  ["// The schema stands for the provider.", /^1: instead of "stands for" write: mean/],
  ["const isTold = true;", /^1: instead of "isTold" write: a name/],
  ["tellLostAccount();", /^1: instead of "tellLostAccount" write: a name/],
  ["lookAtKey();", /^1: instead of "lookAtKey" write: a name/],
  ['fail("The trail is " +\n  "told to stop");', /^1: .* write: report/],
])(
  "a wording that readers have to read twice is reported with its line and the plain words: %j",
  (text, fault) => {
    expect(faultsIn(text)).toEqual([typeof fault === "string" ? fault : expect.stringMatching(fault)]);
  },
);

test.each([
  "/** Returns the state of a trail; unknown if it cannot be read. */",
  "/** Checks whether a key is active. Who owns it does not matter. */",
  "// The account named nobody. What matters here is the order.",
  'throw new Error("There is no Go on the PATH. Labels go on top.");',
  "const goesOn = read(look, at);",
  "/** Canew stays one word. */",
])("a plain sentence passes: %j", (text) => {
  expect(faultsIn(text)).toEqual([]);
});

test("in a page, sentences are checked and code blocks are not", () => {
  const page = "It goes on.\n\n```\nit goes on\n```\n\nThe job is told.\n";
  expect(faultsIn(page, "docs/a.md")).toEqual([
    '1: instead of "goes on" write: continue',
    expect.stringMatching(/^7: instead of "is told"/),
  ]);
});
