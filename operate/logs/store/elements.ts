import { bytesOf } from "./jsonTokens";

const { quote, backslash, comma, openArray: open, closeArray: close, openObject, closeObject } = bytesOf;

const isSpace = (character: number): boolean =>
  character === 32 || character === 10 || character === 13 || character === 9;

/** Position in the text of an array. */
type State =
  | "start"
  /** After the opening bracket. */
  | "first"
  /** After a comma. */
  | "next"
  | "element"
  /** After an element. */
  | "between"
  | "closed";

/** Element of an array. `text` is absent if it is longer than the limit. */
export interface ElementText {
  readonly text?: string;
  readonly length: number;
}

/**
 * Splits the text of a JSON array into the texts of its elements, chunk by chunk. It does not validate the elements.
 *
 * @param limit Largest number of characters of an element that is kept.
 */
export class ArrayCutter {
  /** Beginning of an element whose end is in a later chunk. */
  private pending = "";
  /** Number of dropped characters of an element that is too long. */
  private dropped = 0;
  private depth = 0;
  private inString = false;
  private fault: string | undefined;

  /** @param state Position in the array at which the text begins. */
  constructor(
    private readonly limit: number,
    private state: State = "start",
  ) {}

  /** Yields the elements that end in a chunk. Stops at a fault. */
  *push(chunk: string): Generator<ElementText> {
    const text = this.pending + chunk;
    let at = this.pending.length;
    let begin = 0;
    while (at < text.length && this.fault === undefined) {
      if (this.state !== "element") {
        const character = text.charCodeAt(at);
        if (isSpace(character)) at += 1;
        else if (this.begins(character)) begin = at;
        else at += 1;
        continue;
      }
      at = this.passElement(text, at);
      if (this.state !== "element") {
        yield this.elementOf(text.slice(begin, at));
        begin = at;
      }
    }
    this.pending = "";
    if (this.state === "element" && this.fault === undefined) this.keep(text.slice(begin));
  }

  /** Ends the array. @returns its fault; undefined if the array is complete. */
  end(): string | undefined {
    if (this.fault !== undefined) return this.fault;
    if (this.state === "start") return "is empty";
    return this.state === "closed" ? undefined : "ends early";
  }

  /** Checks whether a character begins an element; updates the state for any other character. */
  private begins(character: number): boolean {
    const { state } = this;
    if (state === "start") {
      if (character === open) this.state = "first";
      else this.fault = "is not a JSON array";
    } else if (state === "closed") this.fault = "has more text after its array";
    else if (character === close && state !== "next") this.state = "closed";
    else if (state === "between") {
      if (character === comma) this.state = "next";
      else this.fault = "is not JSON";
    } else if (character === comma || character === close || character === closeObject)
      this.fault = "is not JSON";
    else {
      this.state = "element";
      return true;
    }
    return false;
  }

  /** Skips the text of an element. @returns the index after the element, or the length of the text. */
  private passElement(text: string, from: number): number {
    let at = from;
    while (at < text.length) {
      if (this.inString) {
        const end = text.indexOf('"', at);
        if (end < 0) return text.length;
        let before = end;
        while (before > 0 && text.charCodeAt(before - 1) === backslash) before -= 1;
        at = end + 1;
        if ((end - before) % 2 === 1) continue;
        this.inString = false;
        if (this.depth === 0) return this.leave(at);
        continue;
      }
      const character = text.charCodeAt(at);
      if (character === quote) this.inString = true;
      else if (character === openObject || character === open) this.depth += 1;
      else if (character === closeObject || character === close) {
        // The closing bracket of the array also ends a number.
        if (this.depth === 0) return this.leave(at);
        this.depth -= 1;
        if (this.depth === 0) return this.leave(at + 1);
      } else if (this.depth === 0 && (character === comma || isSpace(character))) return this.leave(at);
      at += 1;
    }
    return at;
  }

  private leave(at: number): number {
    this.state = "between";
    return at;
  }

  private elementOf(text: string): ElementText {
    const length = this.dropped + text.length;
    const isKept = this.dropped === 0 && length <= this.limit;
    this.dropped = 0;
    return isKept ? { text, length } : { length };
  }

  private keep(text: string): void {
    if (this.dropped === 0 && text.length <= this.limit) this.pending = text;
    else {
      // A backslash at the end may escape a quote in the next chunk.
      let end = text.length;
      while (end > 0 && text.charCodeAt(end - 1) === backslash) end -= 1;
      this.dropped += end;
      this.pending = text.slice(end);
    }
  }
}

/** Returns the texts of the records of a log object, and the fault of its array; undefined if the array is complete. */
export function recordTexts(body: Buffer): { readonly texts: readonly string[]; readonly fault?: string } {
  const cutter = new ArrayCutter(Number.POSITIVE_INFINITY);
  const texts = [...cutter.push(withoutMark(body.toString()))].flatMap(({ text }) => text ?? []);
  return { texts, fault: cutter.end() };
}

/** Returns a text without its byte order mark. */
export const withoutMark = (text: string): string => text.replace(/^\ufeff/, "");

/** Yields the names of an object's members with the JSON texts of their values. @param text Complete JSON object. */
export function* memberTexts(text: string): Generator<readonly [name: string, value: string]> {
  let at = passSpace(text, text.indexOf("{") + 1);
  while (at < text.length && text.charCodeAt(at) === quote) {
    const nameEnd = endOfValue(text, at);
    const begin = passSpace(text, text.indexOf(":", nameEnd) + 1);
    const end = endOfValue(text, begin);
    yield [JSON.parse(text.slice(at, nameEnd)), text.slice(begin, end)];
    at = passSpace(text, end);
    if (text.charCodeAt(at) === comma) at = passSpace(text, at + 1);
  }
}

function passSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** Returns the index after a value. @param begin Index of its first character. */
function endOfValue(text: string, begin: number): number {
  let depth = 0;
  for (let at = begin; at < text.length; ) {
    const character = text.charCodeAt(at);
    if (character === quote) {
      at += 1;
      for (; text.charCodeAt(at) !== quote; at += 1) if (text.charCodeAt(at) === backslash) at += 1;
      at += 1;
      if (depth === 0) return at;
      continue;
    }
    if (character === openObject || character === open) depth += 1;
    else if (character === closeObject || character === close) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (character === comma || isSpace(character))) return at;
    at += 1;
  }
  return text.length;
}
