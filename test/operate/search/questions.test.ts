import { predicateOf } from "../../../operate/search/predicate";
import { namedQuestions } from "../../../operate/search/questions";
import { EventTable } from "./eventTable";
import { cases } from "./questionCases";

const none = { own: [], folders: [] };

const conditionOf = (name: string, given = {}) => {
  const question = namedQuestions.find((one) => one.name === name);
  if (!question) throw new Error(`there is no question ${name}`);
  return question.condition({ logging: none, ...given });
};

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

test.each(cases.filter(({ vendor }) => vendor))(
  "$name: the vendor's query fails on these events: $vendor.mistake",
  ({ finds, leaves, vendor }) => {
    const right = [...finds.map(() => true), ...leaves.map(() => false)];
    expect([...finds, ...leaves].map((event) => vendor?.finds(event))).not.toEqual(right);
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
