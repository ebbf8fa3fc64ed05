import { type Collection, doubtAbout } from "../../../operate/search/collected";
import { always, and, any, type Condition, like, not, oneOf, or } from "../../../operate/search/conditions";
import { wantedBy } from "../../../operate/search/eventTypes";
import { conditionOfFilters } from "../../../operate/search/filters";
import { namedQuestions } from "../../../operate/search/questions";
import { allEvents, type EventTypes } from "../../../operate/stack/events";

const T = "yandex.cloud.audit.";
const scope = "organization o";
const management = { kind: "management", scope, events: allEvents };
const data = (kind: string, events: EventTypes = allEvents) => ({ kind, scope, events });
const only = (...types: string[]): EventTypes => ({ mode: "only", types: types.map((type) => T + type) });
const allBut = (...types: string[]): EventTypes => ({ mode: "allBut", types: types.map((type) => T + type) });
const ofType = (type: string) => conditionOfFilters({ type }, []);
const doubt = (condition: Condition, ...collection: Extract<Collection, readonly unknown[]>) =>
  doubtAbout(wantedBy(condition), collection)?.text;

const all = (what: string) =>
  `The trail does not collect ${what}, which this question needs. The answer is unknown.`;
const part = (what: string) =>
  `The trail does not collect ${what}, which this question also asks for. That part of the answer is unknown.`;

test.each([
  ["lockbox.GetPayload", all("data events of lockbox")],
  ["yandex.cloud.audit.lockbox.GetPayload", all("data events of lockbox")],
  ["lockbox.GetPayload*", all("data events of lockbox")],
  ["storage.Object*", all("data events of storage")],
  // Documented after this release, but the vendor's names of the kind begin so.
  ["storage.ObjectRestore", all("data events of storage")],
  ["*CreateIamToken", part("data events of iam")],
  ["iam.Create*", part("data events of iam")],
  ["storage.*", part("data events of storage")],
  ["mdb.*.DatabaseUserLogin", part("data events of mdb.postgresql, data events of mdb.redis")],
  ["storage.Bucket*", undefined],
  ["kms.*AccessBindings", undefined],
  ["resourcemanager.*", undefined],
  ["*Folder", undefined],
  ["no.such.*", undefined],
  ["*", undefined],
])("a trail of management events, asked for --type %s", (type, expected) => {
  expect(doubt(ofType(type), management)).toBe(expected);
});

test.each<[string, string, EventTypes, string | undefined]>([
  ["all events", "storage.Object*", allEvents, undefined],
  ["the event", "storage.ObjectDelete", only("storage.ObjectDelete"), undefined],
  ["another event", "storage.ObjectDelete", only("storage.ObjectCreate"), all(`${T}storage.ObjectDelete`)],
  ["only other events", "storage.Object*", only("storage.PresignURLCreate"), all("data events of storage")],
  [
    "one event of several",
    "storage.Object*",
    only("storage.ObjectDelete"),
    part(`data events of storage other than ${T}storage.ObjectDelete`),
  ],
  [
    "all but the event",
    "storage.ObjectDelete",
    allBut("storage.ObjectDelete"),
    all(`${T}storage.ObjectDelete`),
  ],
  ["all but another event", "storage.ObjectDelete", allBut("storage.ObjectCreate"), undefined],
  [
    "all but one event of several",
    "storage.Object*",
    allBut("storage.ObjectCreate", "storage.PresignURLCreate"),
    part(`${T}storage.ObjectCreate`),
  ],
])("a trail that collects %s, asked for --type %s", (_, type, events, expected) => {
  expect(doubt(ofType(type), data("storage", events))).toBe(expected);
});

test("one filter that collects an event is enough", () => {
  const create = ofType("storage.ObjectCreate");
  const [without, alone] = [allBut("storage.ObjectCreate"), only("storage.ObjectCreate")];
  expect(doubt(create, data("storage", without), data("storage", alone))).toBeUndefined();
  expect(doubt(create, data("storage", without), data("storage", allEvents))).toBeUndefined();
  expect(doubt(create, data("storage", without), data("storage", without))).toBe(
    all(`${T}storage.ObjectCreate`),
  );
});

test("management events that a trail does not collect are unknown, and no reason to doubt an answer about data events", () => {
  const lockbox = data("lockbox");
  for (const condition of [ofType("iam.CreateKey"), always, oneOf("subject_id", "aje")])
    expect(doubt(condition, lockbox)).toBe(all("management events"));
  expect(doubt(ofType("lockbox.GetPayload"), lockbox)).toBeUndefined();
  expect(doubt(ofType("lockbox.*"), lockbox)).toBe(part("management events"));
  expect(doubt(ofType("storage.*"))).toBe(all("management events, data events of storage"));
});

test("what a trail collects is unknown", () => {
  expect(doubtAbout(wantedBy(ofType("lockbox.GetPayload")), { unknown: "It is offline." })).toEqual({
    text: "It is unknown whether the trail collects data events of lockbox, which this question needs. It is offline.",
    isPart: false,
  });
});

const [payload, key] = [
  oneOf("event_type", `${T}lockbox.GetPayload`),
  oneOf("event_type", `${T}iam.CreateKey`),
];
const about = any("path", oneOf("resource_id", "a"));
test.each<[string, boolean, string[], Condition]>([
  ["one condition of two names the type", false, ["lockbox"], and(payload, about)],
  ["types of several conditions", true, ["lockbox"], or(payload, key)],
  ["a condition beside it holds for any type", true, [], or(payload, about)],
  ["two conditions on the type", false, ["lockbox"], and(like("event_type", `${T}lockbox.*`), payload)],
  ["two conditions that exclude each other", false, [], and(key, payload)],
  [
    "types that are left out",
    true,
    [],
    and(like("event_type", `${T}lockbox.*`), not(like("event_type", `${T}lockbox.Get*`))),
  ],
  [
    "types that only some conditions leave out",
    true,
    ["lockbox"],
    or(and(like("event_type", `${T}lockbox.*`), not(like("event_type", `${T}lockbox.Get*`))), payload),
  ],
  [
    "events of a type that are left out by more than the type",
    true,
    ["lockbox"],
    and(like("event_type", `${T}lockbox.*`), not(and(payload, about))),
  ],
])("%s", (_, hasManagement, services, condition) => {
  const wanted = wantedBy(condition);
  expect([wanted.hasManagement, [...wanted.data.keys()]]).toEqual([hasManagement, services]);
});

test("questions by name that need data events", () => {
  const logging = { own: ["a"], folders: ["b"] };
  const needing = namedQuestions.flatMap(({ name, condition }) => {
    const { hasManagement, data: services } = wantedBy(condition({ logging }));
    return services.size > 0 ? [[name, hasManagement, [...services.keys()].join(" ")]] : [];
  });
  expect(needing).toEqual([
    ["secret-read", false, "lockbox"],
    ["vm-actions", true, "compute"],
    [
      "database-user",
      true,
      "mdb.clickhouse mdb.greenplum mdb.mongodb mdb.mysql mdb.postgresql mdb.redis mdb.spqr",
    ],
  ]);
});
