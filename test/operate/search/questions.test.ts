import { predicateOf } from "../../../operate/search/predicate";
import { namedQuestions } from "../../../operate/search/questions";
import { EventTable } from "./eventTable";
import { cases } from "./questionCases";

const none = { own: [], folders: [] };

const questionOf = (name: string) => {
  const question = namedQuestions.find((one) => one.name === name);
  if (!question) throw new Error(`there is no question ${name}`);
  return question;
};
const conditionOf = (name: string, given = {}) => questionOf(name).condition({ logging: none, ...given });

test("each question has a case, and a name of its own", () => {
  const names = namedQuestions.map(({ name }) => name);
  expect(cases.map(({ name }) => name).sort()).toEqual([...names].sort());
  expect(new Set(names).size).toBe(names.length);
});

test.each(cases)("$name finds all events that it means, and no others", ({ name, given, finds, leaves }) => {
  const holds = predicateOf(conditionOf(name, given));
  expect(finds.map((event) => holds(event))).toEqual(finds.map(() => true));
  expect(leaves.map((event) => holds(event))).toEqual(leaves.map(() => false));
});

const wrongQueries = cases.flatMap(({ name, finds, leaves, wrong }) =>
  wrong.map(({ by, mistake, finds: takes }) => ({ name, finds, leaves, by, mistake, takes })),
);
test.each(wrongQueries)("$name: a query ($by) that answers wrongly: $mistake", ({ finds, leaves, takes }) => {
  const right = [...finds.map(() => true), ...leaves.map(() => false)];
  expect([...finds, ...leaves].map((event) => takes(event))).not.toEqual(right);
});

test("each question has a query that answers it wrongly", () => {
  expect(cases.filter(({ wrong }) => wrong.length === 0)).toEqual([]);
});

test.each(cases)(
  "$name counts failed calls only if it asks for them, or the user does",
  ({ name, given, finds }) => {
    const { hasFailed = false } = questionOf(name);
    const [plain, chosen] = [{}, { hasStatus: true }].map((more) =>
      predicateOf(conditionOf(name, { ...given, ...more })),
    );
    for (const event_status of ["ERROR", "CANCELLED"]) {
      const failed = finds.map((event) => ({ ...event, event_status }));
      if (name === "denied") continue;
      expect(failed.map((event) => plain?.(event))).toEqual(failed.map(() => hasFailed));
      expect(failed.map((event) => chosen?.(event))).toEqual(failed.map(() => true));
    }
  },
);

test("DuckDB answers each question as the predicate does, over the events of all", async () => {
  const events = cases.flatMap(({ finds, leaves }) => [...finds, ...leaves]);
  using table = await EventTable.of(events);
  for (const { name, given } of cases) {
    const condition = conditionOf(name, given);
    const holds = predicateOf(condition);
    expect([name, await table.find(condition)]).toEqual([
      name,
      events.flatMap((event, i) => (holds(event) ? [i] : [])),
    ]);
  }
});
