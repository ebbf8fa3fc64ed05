import fc from "fast-check";
import type { AuditEvent } from "../../../components";
import {
  and,
  any,
  type Condition,
  compare,
  exists,
  like,
  not,
  oneOf,
  or,
} from "../../../operate/search/conditions";

/** Texts that act in one language or another, and texts that look like numbers and truth values. */
export const hostile = [
  ...[
    "'",
    "''",
    '"',
    "\\",
    "\\'",
    "%",
    "_",
    "*",
    "a%b",
    "a_b",
    "a*b",
    "\\%",
    "$1",
    "?",
    "--",
    "; drop view events",
    "/*",
  ],
  ...[
    "null",
    "true",
    "false",
    "7",
    "0",
    "-1",
    "1.5",
    "1e3",
    "nan",
    "inf",
    "0x10",
    "",
    " ",
    "\n",
    "\t",
    "\u0007",
  ],
  ...[
    "\u001b[31m",
    "\u202e",
    "é",
    "İ",
    "ı",
    "ß",
    "ς",
    "Σ",
    "\u212a",
    "k",
    "Ё",
    "ёж",
    "Привет",
    "😀",
    "a",
    "A",
    "ab",
    "abc",
    "{}",
    "[]",
    "@@",
    "{{x}}",
    "=1+1",
  ],
] as const;

const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...hostile) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 6 }) },
);

const scalar = fc.oneof(
  { weight: 4, arbitrary: text },
  fc.integer({ min: -3, max: 8 }),
  fc.constantFrom(1.5, -0.25, 1000),
  fc.boolean(),
  fc.constant(null),
);

const memberNames = ["a", "b", "role_id", "length"] as const;

/** Small objects with few names, so that paths meet them. */
const { tree } = fc.letrec<{ tree: unknown; object: object }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    tie("object"),
    fc.array(tie("tree"), { maxLength: 3 }),
  ),
  object: fc.dictionary(fc.constantFrom(...memberNames), tie("tree"), { maxKeys: 3 }),
}));

const object = fc.dictionary(fc.constantFrom(...memberNames), tree, { maxKeys: 4 });

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 4 });

/** Times with 0 to 9 digits of a fraction. */
const time = fc
  .tuple(fc.integer({ min: 0, max: 7 }), fc.constantFrom("", ".5", ".123456", ".999999999"))
  .map(([hour, fraction]) => `2026-03-0${1 + hour}T10:20:30${fraction}Z`);

export const from = Date.parse("2026-03-03T00:00:00Z");
export const to = Date.parse("2026-03-06T10:20:30.500Z");

const element = fc.record({
  resource_type: maybe(text),
  resource_id: maybe(text),
  resource_name: maybe(text),
});

/** One of the two forms in which records name who acts in the subject's name. */
const impersonator = fc.oneof(
  fc.record({ token_info: maybe(fc.record({ impersonator_id: maybe(text) })) }),
  fc.record({ impersonator_info: maybe(fc.record({ impersonator_id: maybe(text), type: maybe(text) })) }),
);

/** Events in which anything may be missing; each member that is there is of its kind. */
export const events: fc.Arbitrary<AuditEvent> = fc
  .record({
    event_type: maybe(text),
    event_time: maybe(time),
    event_status: maybe(fc.constantFrom("DONE", "ERROR")),
    authentication: maybe(
      fc
        .record({ authenticated: maybe(fc.boolean()), subject_id: maybe(text), impersonator })
        .map(({ impersonator: by, ...others }) => ({ ...others, ...by })),
    ),
    authorization: maybe(fc.record({ authorized: maybe(fc.boolean()) })),
    resource_metadata: maybe(fc.record({ path: maybe(fc.array(element, { maxLength: 3 })) })),
    error: maybe(fc.record({ code: maybe(fc.integer({ min: 0, max: 16 })), details: maybe(tree) })),
    details: maybe(object),
    request_parameters: maybe(object),
  })
  .map((event) => JSON.parse(JSON.stringify(event)));

const pattern = fc
  .array(fc.oneof(fc.constant("*"), text, fc.constantFrom("{", "[", '"')), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(""));

const jsonField = fc
  .tuple(
    fc.constantFrom("details", "request_parameters"),
    fc.array(fc.constantFrom(...memberNames), { minLength: 1, maxLength: 2 }),
  )
  .map(([column, path]) => [column, ...path].join("."));
const relativeField = fc
  .array(fc.constantFrom(...memberNames), { maxLength: 2 })
  .map((path) => path.join("."));
const column = fc.constantFrom(
  ...[
    "event_type",
    "event_status",
    "subject_id",
    "impersonator_id",
    "authorized",
    "error_code",
    "resource_id",
  ],
);
const pathMember = fc.constantFrom("resource_type", "resource_id", "resource_name");

const atomsOf = (field: fc.Arbitrary<string>): fc.Arbitrary<Condition>[] => [
  fc.tuple(field, fc.array(text, { maxLength: 3 })).map(([name, values]) => oneOf(name, ...values)),
  fc
    .tuple(field, fc.oneof(pattern, pattern, fc.constantFrom("*{*", "[*", "*e*")))
    .map(([name, one]) => like(name, one)),
  field.map(exists),
  fc
    .tuple(field, fc.constantFrom("<", "<=", ">", ">=", "="), fc.constantFrom(-1, 0, 1.5, 7))
    .map(([name, operator, number]) => compare(name, operator as "<", number)),
];

const joined = (atoms: readonly fc.Arbitrary<Condition>[], depth: number): fc.Arbitrary<Condition> => {
  const atom = fc.oneof(...atoms);
  if (depth === 0) return atom;
  const inner = joined(atoms, depth - 1);
  const several = fc.array(inner, { maxLength: 3 });
  return fc.oneof(
    { weight: 3, arbitrary: atom },
    several.map((of) => and(...of)),
    several.map((of) => or(...of)),
    { weight: 2, arbitrary: inner.map(not) },
  );
};

const anyIn = (depth: number): fc.Arbitrary<Condition>[] => [
  fc
    .tuple(jsonField, joined([...atomsOf(relativeField), ...(depth > 0 ? nestedAny : [])], 1))
    .map(([field, has]) => any(field, has)),
  joined(atomsOf(pathMember), 1).map((has) => any("path", has)),
];
const nestedAny: fc.Arbitrary<Condition>[] = [
  fc.tuple(relativeField, joined(atomsOf(relativeField), 0)).map(([field, has]) => any(field, has)),
];

/** Texts in any case. Those that JSON may write in two ways are left out. */
const mentioned = fc
  .oneof(
    text.filter((one) => one !== "" && !/[\p{Cc}\d.]/u.test(one)),
    fc.constantFrom("done", "role_", "AB", "привет", "Ёж", "k", "σ"),
  )
  .chain((one) => fc.constantFrom(one, one.toUpperCase(), one.toLowerCase()));

/** Questions of any shape. */
export const conditions: fc.Arbitrary<Condition> = joined(
  [
    ...atomsOf(jsonField),
    ...atomsOf(column),
    ...anyIn(1),
    mentioned.map((one): Condition => ({ is: "mentions", text: one })),
    fc.constant<Condition>({ is: "within", from, to }),
  ],
  2,
);
