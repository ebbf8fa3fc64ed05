import { placeName } from "../../components/places";
import type { Resource, Value } from "./engineJson";
import { allEvents, type Collected, type EventTypes } from "./events";
import { at, listOf, textOf } from "./values";

/** Returns the events that a trail collects: one entry for each kind of event and scope. */
export function collectedBy({ inputs }: Resource): Collected[] {
  const policy = inputs.filteringPolicy;
  const management = at(policy, "managementEventsFilter");
  const inScopes = (filter: Value | undefined, kind: string, events: EventTypes): Collected[] =>
    listOf(at(filter, "resourceScopes")).map((scope) => ({ kind, scope: scopeOf(scope), events }));
  return [
    ...(management ? inScopes(management, "management", allEvents) : []),
    ...listOf(at(policy, "dataEventsFilters")).flatMap((filter) =>
      inScopes(filter, textOf(at(filter, "service")) ?? "a service that is not known", eventsOf(filter)),
    ),
  ];
}

function scopeOf(scope: Value): string | undefined {
  const [id, type] = [at(scope, "resourceId"), at(scope, "resourceType")];
  if (typeof id !== "string" || typeof type !== "string") return undefined;
  return placeName({ type, id });
}

function eventsOf(filter: Value): EventTypes {
  const listed = (name: string) => listOf(at(filter, name)).flatMap((type) => textOf(type) ?? []);
  const included = listed("includedEvents");
  return included.length > 0
    ? { mode: "only", types: [...included].sort() }
    : { mode: "allBut", types: listed("excludedEvents").sort() };
}
