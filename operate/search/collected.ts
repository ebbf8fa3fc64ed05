import type { Collected } from "../stack/events";
import { collectedText } from "../verify/status";
import type { NamedQuestion } from "./questions";

/** Events that a trail collects, or the reason why they are unknown. */
export type Collection = readonly Collected[] | { readonly unknown: string };

/** Returns a sentence about the events that a trail collects. */
export function collectionText(collection: Collection): string {
  if (!isKnown(collection)) return `It is unknown which events the trail collects. ${collection.unknown}`;
  return `The trail collects ${collection.map(collectedText).join(", ") || "nothing"}.`;
}

const isKnown = (collection: Collection): collection is readonly Collected[] => Array.isArray(collection);

/**
 * Returns the reason why an answer without rows proves nothing: the trail does not collect the events, or that is unknown. Returns
 * undefined if the trail collects them, or if no question was asked by name.
 */
export function doubtAbout(question: NamedQuestion | undefined, collection: Collection): string | undefined {
  if (!question) return undefined;
  const { service: kind = "management", eventType } = question.dataEvent ?? {};
  const needed = kind === "management" ? "management events" : `data events of ${kind}`;
  if (!isKnown(collection))
    return `It is unknown whether the trail collects ${needed}, which this question needs. ${collection.unknown}`;
  const found = collection.filter((one) => one.kind === kind);
  const isCollected = found.some(({ events }) => {
    const isListed = eventType !== undefined && events.types.includes(eventType);
    return events.mode === "only" ? isListed : !isListed;
  });
  if (isCollected) return undefined;
  const missing = found.length > 0 ? `${eventType}` : needed;
  return `The trail does not collect ${missing}, which this question needs. The answer is unknown.`;
}
