import { auditEventMembers, type Kind, type Members, pathMembers } from "../../../components/auditEvent";
import { requiredMembers, timeForm } from "../fit";
import { bytesOf, JsonTokens } from "./jsonTokens";

const { quote, comma, colon, openArray, closeArray, openObject, closeObject, space, n, t, f } = bytesOf;

/** Deepest nesting that is scanned. */
const deepest = 200;

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
/** Indexes of {@link requiredMembers} in {@link ofRecord}. */
const required = requiredMembers.map((name) => ofRecord.names.findIndex((one) => one.toString() === name));

/**
 * Receives an element of the array. `isOrdinary` is true if it is a record in one line that needs no change: all members are
 * described, their values have the right kind, and no half of a character pair occurs.
 */
export type OnElement = (begin: number, end: number, isOrdinary: boolean) => void;

/**
 * Scans the bytes of a JSON array of records. It creates no values, so it takes less than half of the processor time of cutting the
 * array and JSON.parse. It accepts only valid JSON, and stops at everything else: the caller continues there with another reader.
 */
export class RecordScanner extends JsonTokens {
  /** Position in the array after the last complete element. */
  state: "start" | "between" | "closed" = "start";
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
        onElement(begin, this.at, this.isOrdinary && this.isPlain);
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

  private passRecord(): boolean {
    this.isOrdinary = this.bytes[this.at] === openObject;
    this.isPlain = true;
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
    this.expect(isAny(expected) || (expected === "integer" && this.at - begin < 10 && this.areDigits(begin)));
    return true;
  }

  private expect(isAsExpected: boolean): void {
    if (!isAsExpected) this.isOrdinary = false;
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
