import { auditEventMembers, type Kind, type Members, pathMembers } from "../../../components/auditEvent";
import { timeForm } from "../fit";

const code = (character: string): number => character.charCodeAt(0);
const [quote, backslash, comma, colon] = [code('"'), code("\\"), code(","), code(":")];
const [openArray, closeArray, openObject, closeObject] = [code("["), code("]"), code("{"), code("}")];
const [n, t, f, e, u] = [code("n"), code("t"), code("f"), code("e"), code("u")];
const [zero, nine, minus, plus, dot] = [code("0"), code("9"), code("-"), code("+"), code(".")];
const [space, tab, lineFeed, carriageReturn] = [32, 9, 10, 13];

/** Deepest nesting that is scanned. */
const deepest = 200;

/** Marks the bytes that end the plain part of a string: quote, backslash and control characters. */
const endsPlainText = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === quote || byte === backslash || byte < space ? 1 : 0,
);
const escapes: ReadonlySet<number> = new Set([...'"\\/bfnrt'].map(code));

/** Members of an object, with their names as bytes. */
interface Shape {
  readonly names: readonly Buffer[];
  readonly values: readonly (Kind | Shape)[];
}

const shapeOf = (members: Members): Shape => ({
  names: Object.keys(members).map((name) => Buffer.from(name)),
  values: Object.values(members).map((member) =>
    "members" in member ? shapeOf(member.members) : member.kind,
  ),
});
const ofRecord = shapeOf(auditEventMembers);
const ofElement: Shape = {
  names: pathMembers.map((name) => Buffer.from(name)),
  values: pathMembers.map(() => "text"),
};
/** Indexes of the members of {@link ofRecord} that every event has. */
const required = ["event_id", "event_type", "event_time"].map((name) =>
  ofRecord.names.findIndex((one) => one.toString() === name),
);

/**
 * Receives an element of the array. `isOrdinary` is true if it is a record in one line that needs no change: all members are
 * described, their values have the right kind, and no half of a character pair occurs.
 */
export type OnElement = (begin: number, end: number, isOrdinary: boolean) => void;

/**
 * Scans the bytes of a JSON array of records. It creates no values, so it takes less than half of the processor time of cutting the
 * array and JSON.parse. It accepts only valid JSON, and stops at everything else: the caller continues there with another reader.
 */
export class RecordScanner {
  /** Position in the array after the last complete element. */
  state: "start" | "between" | "closed" = "start";
  /** True after bytes that are not scanned: invalid JSON, or values nested deeper than {@link deepest}. */
  hasStopped = false;
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private depth = 0;
  private isOrdinary = true;
  /** Bits of the {@link required} members that the record has. */
  private found = 0;

  /**
   * Scans valid UTF-8. Elements that end in these bytes are passed to `onElement`.
   *
   * @returns the index after the last complete element. The next call gets the bytes from there, followed by more.
   */
  scan(bytes: Buffer, onElement: OnElement): number {
    this.bytes = bytes;
    this.at = 0;
    let done = 0;
    while (!this.hasStopped && this.passSpace()) {
      if (this.begins()) {
        const begin = this.at;
        if (!this.passRecord()) break;
        this.state = "between";
        onElement(begin, this.at, this.isOrdinary);
      } else if (this.state !== "closed") break;
      done = this.at;
    }
    return done;
  }

  /** Passes the characters before an element. @returns false if none begins in these bytes. */
  private begins(): boolean {
    const { state } = this;
    const byte = this.bytes[this.at];
    if (state === "between" && byte === closeArray) return this.closes();
    if (byte !== (state === "start" ? openArray : comma) || state === "closed") return this.stop();
    this.at += 1;
    if (!this.passSpace()) return false;
    return state === "start" && this.bytes[this.at] === closeArray ? this.closes() : true;
  }

  private closes(): false {
    this.at += 1;
    this.state = "closed";
    return false;
  }

  private stop(): false {
    this.hasStopped = true;
    return false;
  }

  private passRecord(): boolean {
    this.isOrdinary = this.bytes[this.at] === openObject;
    this.found = 0;
    this.depth = 0;
    if (!this.passValue(this.isOrdinary ? ofRecord : undefined)) return false;
    if (this.found !== (1 << required.length) - 1) this.isOrdinary = false;
    const last = this.bytes[this.at - 1];
    if (last === closeObject || last === closeArray || last === quote) return true;
    // Numbers and words may continue, also in the next bytes.
    const next = this.bytes[this.at];
    if (next === undefined) return false;
    return next === comma || next === closeArray || next <= space || this.stop();
  }

  /** Passes white space. @returns false at the end of the bytes. */
  private passSpace(): boolean {
    const { bytes } = this;
    let { at } = this;
    if ((bytes[at] as number) > space) return true;
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === lineFeed || byte === carriageReturn) this.isOrdinary = false;
      else if (byte !== space && byte !== tab) break;
    }
    this.at = at;
    return at < bytes.length;
  }

  /** Passes one byte and the white space after it. @returns false if another byte is there. */
  private pass(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return this.stop();
    this.at += 1;
    return this.passSpace();
  }

  /** Passes a value. If it is not of the expected kind, the record is not ordinary. @returns false at the end of the bytes. */
  private passValue(expected: Kind | Shape | undefined): boolean {
    const byte = this.bytes[this.at] as number;
    if (byte === quote) {
      const begin = this.at + 1;
      if (!this.passString()) return false;
      if (expected === "time") this.expect(timeForm.test(this.bytes.toString("latin1", begin, this.at - 1)));
      else this.expect(isAny(expected) || expected === "text");
      return true;
    }
    if (byte === openObject) {
      const isShape = typeof expected === "object";
      this.expect(isShape || isAny(expected) || expected === "object");
      return this.passObject(isShape ? expected : undefined);
    }
    if (byte === openArray) {
      this.expect(isAny(expected) || expected === "path");
      return this.passArray(expected === "path" ? ofElement : undefined);
    }
    if (byte === n) return this.passWord("null");
    if (byte === t || byte === f) {
      this.expect(isAny(expected) || expected === "flag");
      return this.passWord(byte === t ? "true" : "false");
    }
    const begin = this.at;
    if (!this.passNumber()) return false;
    // Longer numbers may exceed 32 bits; the other reader decides.
    this.expect(isAny(expected) || (expected === "integer" && this.at - begin < 10 && this.isInteger(begin)));
    return true;
  }

  private expect(isAsExpected: boolean): void {
    if (!isAsExpected) this.isOrdinary = false;
  }

  private passWord(word: "null" | "true" | "false"): boolean {
    for (let i = 0; i < word.length; i += 1) {
      if (this.at === this.bytes.length) return false;
      if (this.bytes[this.at] !== word.charCodeAt(i)) return this.stop();
      this.at += 1;
    }
    return true;
  }

  private isInteger(begin: number): boolean {
    for (let at = begin; at < this.at; at += 1) if (!isDigit(this.bytes[at])) return false;
    return true;
  }

  private passNumber(): boolean {
    const { bytes } = this;
    if (bytes[this.at] === minus) this.at += 1;
    if (bytes[this.at] === zero) this.at += 1;
    else if (!this.passDigits()) return false;
    if (bytes[this.at] === dot) {
      this.at += 1;
      if (!this.passDigits()) return false;
    }
    if (((bytes[this.at] ?? 0) | 32) === e) {
      this.at += 1;
      if (bytes[this.at] === plus || bytes[this.at] === minus) this.at += 1;
      if (!this.passDigits()) return false;
    }
    return true;
  }

  private passDigits(): boolean {
    const begin = this.at;
    while (isDigit(this.bytes[this.at])) this.at += 1;
    if (this.at > begin) return true;
    return this.at < this.bytes.length && this.stop();
  }

  /** Passes a string. @returns false at the end of the bytes. */
  private passString(): boolean {
    const { bytes } = this;
    const { length } = bytes;
    let at = this.at + 1;
    for (;;) {
      while (at < length && endsPlainText[bytes[at] as number] === 0) at += 1;
      this.at = at;
      if (at === length) return false;
      if (bytes[at] === quote) {
        this.at = at + 1;
        return true;
      }
      if (bytes[at] !== backslash || !this.passEscape()) return this.at < length && this.stop();
      at = this.at;
    }
  }

  private passEscape(): boolean {
    const { bytes, at } = this;
    const byte = bytes[at + 1];
    const isUnicode = byte === u;
    if (at + (isUnicode ? 6 : 2) > bytes.length) {
      this.at = bytes.length;
      return false;
    }
    if (!isUnicode) {
      this.at += 2;
      return escapes.has(byte as number);
    }
    this.at += 6;
    const digits = bytes.toString("latin1", at + 2, at + 6);
    // Single halves of a character pair are invalid, so the other reader checks them.
    if (/^d[89a-f]/i.test(digits)) this.isOrdinary = false;
    return /^[\da-f]{4}$/i.test(digits);
  }

  private passObject(shape: Shape | undefined): boolean {
    if (!this.goDeeper() || !this.pass(openObject)) return false;
    if (this.bytes[this.at] !== closeObject) {
      for (let expected = 0; ; ) {
        if (this.bytes[this.at] !== quote) return this.stop();
        const begin = this.at + 1;
        if (!this.passString()) return false;
        const index = shape ? this.indexOf(shape.names, expected, begin, this.at - 1) : -1;
        if (shape && index < 0) this.isOrdinary = false;
        if (!this.passSpace() || !this.pass(colon)) return false;
        const isText = this.bytes[this.at] === quote && this.bytes[this.at + 1] !== quote;
        if (shape === ofRecord && isText) this.note(index);
        if (!this.passValue(index < 0 ? undefined : shape?.values[index]) || !this.passSpace()) return false;
        if (this.bytes[this.at] === closeObject) break;
        if (!this.pass(comma)) return false;
        expected = index + 1;
      }
    }
    this.at += 1;
    this.depth -= 1;
    return true;
  }

  private passArray(elements: Shape | undefined): boolean {
    if (!this.goDeeper() || !this.pass(openArray)) return false;
    if (this.bytes[this.at] !== closeArray) {
      for (;;) {
        if (elements) this.expect(this.bytes[this.at] === openObject);
        if (!this.passValue(elements) || !this.passSpace()) return false;
        if (this.bytes[this.at] === closeArray) break;
        if (!this.pass(comma)) return false;
      }
    }
    this.at += 1;
    this.depth -= 1;
    return true;
  }

  private goDeeper(): boolean {
    this.depth += 1;
    return this.depth <= deepest || this.stop();
  }

  /** Notes that the record has a member of {@link required}. */
  private note(index: number): void {
    const bit = required.indexOf(index);
    if (bit >= 0) this.found |= 1 << bit;
  }

  /** Returns the index of a name; -1 if it is unknown. @param expected Index that is tried first: members come in order. */
  private indexOf(names: readonly Buffer[], expected: number, begin: number, end: number): number {
    for (let tried = 0; tried < names.length; tried += 1) {
      const index = (expected + tried) % names.length;
      if (this.isName(names[index] as Buffer, begin, end)) return index;
    }
    return -1;
  }

  private isName(name: Buffer, begin: number, end: number): boolean {
    if (name.length !== end - begin) return false;
    for (let i = 0; i < name.length; i += 1) if (name[i] !== this.bytes[begin + i]) return false;
    return true;
  }
}

/** Checks whether a place may hold any value: a member of kind `json`, or one inside of free-form values. */
const isAny = (expected: Kind | Shape | undefined): boolean => expected === undefined || expected === "json";

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= nine;
