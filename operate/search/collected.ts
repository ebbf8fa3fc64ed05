import type { Collected } from "../stack/events";
import { collectedText } from "../verify/status";
import { matches } from "./conditions";
import type { Wanted } from "./eventTypes";

/** Events that a trail collects, or the reason why they are unknown. */
export type Collection = readonly Collected[] | { readonly unknown: string };

/** Returns a sentence about the events that a trail collects. */
export function collectionText(collection: Collection): string {
  if (!isKnown(collection)) return `It is unknown which events the trail collects. ${collection.unknown}`;
  return `The trail collects ${collection.map(collectedText).join(", ") || "nothing"}.`;
}

const isKnown = (collection: Collection): collection is readonly Collected[] => Array.isArray(collection);

/** Returns the events that several trails collect together. */
export const collectionOfAll = (collections: readonly Collection[]): Collection =>
  collections.find((one) => !isKnown(one)) ?? collections.filter(isKnown).flat();

const dataOf = (service: string): string => `data events of ${service}`;

/** Returns the kinds of the wanted events in words. */
const kindsOf = ({ hasManagement, data }: Wanted): string[] => [
  ...(hasManagement ? ["management events"] : []),
  ...[...data.keys()].map(dataOf),
];

/** Reason why an answer without rows does not prove that there were no events. */
export interface Doubt {
  readonly text: string;
  /** True if the answer is known for other wanted events. */
  readonly isPart: boolean;
}

/**
 * Returns a doubt if the trail does not collect some of the wanted events, or if that is unknown.
 *
 * @param isSeveral True for the collection of several trails.
 */
export function doubtAbout(wanted: Wanted, collection: Collection, isSeveral = false): Doubt | undefined {
  if (!isKnown(collection)) {
    const text = `It is unknown whether the trail collects ${kindsOf(wanted).join(", ")}, which this question needs. ${collection.unknown}`;
    return { text, isPart: false };
  }
  const isManaged = collection.some(({ kind }) => kind === "management");
  const gaps = [
    ...(wanted.hasManagement && !isManaged ? [{ text: "management events", isWhole: true }] : []),
    ...[...wanted.data].flatMap(([service, types]) => gapOf(service, types, collection)),
  ];
  if (gaps.length === 0) return undefined;
  const isPart = gaps.length < kindsOf(wanted).length || gaps.some(({ isWhole }) => !isWhole);
  const missing = gaps.map(({ text }) => text).join(", ");
  const end = isPart
    ? "which this question also asks for. That part of the answer is unknown."
    : "which this question needs. The answer is unknown.";
  const who = isSeveral ? "None of the trails collects" : "The trail does not collect";
  return { text: `${who} ${missing}, ${end}`, isPart };
}

/** Part of the wanted events that a trail does not collect. */
interface Gap {
  readonly text: string;
  /** True if the trail collects none of the wanted events of this kind. */
  readonly isWhole: boolean;
}

/** Returns the wanted data events of a service that a trail does not collect; none if it collects all. */
function gapOf(service: string, wanted: readonly string[], collection: readonly Collected[]): Gap[] {
  const filters = collection.filter(({ kind }) => kind === service).map(({ events }) => events);
  if (filters.length === 0) return [{ text: dataOf(service), isWhole: true }];
  const isWanted = (type: string) => wanted.some((pattern) => matches(type, pattern));
  const listed = filters.flatMap(({ mode, types }) => (mode === "only" ? types : []));
  const [first, ...others] = filters.flatMap(({ mode, types }) => (mode === "allBut" ? [types] : []));
  if (first) {
    const left = first
      .filter((type) => isWanted(type) && others.every((types) => types.includes(type)))
      .filter((type) => !listed.includes(type));
    return left.length > 0
      ? [{ text: left.join(", "), isWhole: wanted.every((pattern) => left.includes(pattern)) }]
      : [];
  }
  const left = wanted.filter((pattern) => !listed.includes(pattern));
  if (left.length === 0) return [];
  const got = listed.filter(isWanted);
  return got.length === 0
    ? [{ text: left.every(isExact) ? left.join(", ") : dataOf(service), isWhole: true }]
    : [{ text: `${dataOf(service)} other than ${got.join(", ")}`, isWhole: false }];
}

const isExact = (pattern: string): boolean => !pattern.includes("*");
