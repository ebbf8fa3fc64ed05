const code = (character: string): number => character.charCodeAt(0);

/** Bytes of JSON's characters. */
export const bytesOf = {
  quote: code('"'),
  backslash: code("\\"),
  comma: code(","),
  colon: code(":"),
  openArray: code("["),
  closeArray: code("]"),
  openObject: code("{"),
  closeObject: code("}"),
  space: 32,
  n: code("n"),
  t: code("t"),
  f: code("f"),
} as const;

const { quote, backslash, space } = bytesOf;
const [zero, nine, minus, plus, dot, e, u] = [..."09-+.eu"].map(code) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];
const [tab, lineFeed, carriageReturn] = [9, 10, 13];

/** Marks the bytes that end the plain part of a string: quote, backslash and control characters. */
const endsPlainText = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === quote || byte === backslash || byte < space ? 1 : 0,
);
const escapes: ReadonlySet<number> = new Set([...'"\\/bfnrt'].map(code));

/**
 * Passes the tokens of JSON in bytes of valid UTF-8. Each method returns false if the token does not end in these bytes, or is not
 * valid JSON; only then `hasStopped` is true.
 */
export class JsonTokens {
  /** True after bytes that are not scanned. */
  hasStopped = false;
  protected bytes: Buffer = Buffer.alloc(0);
  /** Index of the next byte. */
  protected at = 0;
  /** False after a line feed between tokens, and after a half of a character pair, which may be invalid. */
  protected isPlain = true;

  protected stop(): false {
    this.hasStopped = true;
    return false;
  }

  /** Passes white space. @returns false at the end of the bytes. */
  protected passSpace(): boolean {
    const { bytes } = this;
    let { at } = this;
    if ((bytes[at] as number) > space) return true;
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === lineFeed || byte === carriageReturn) this.isPlain = false;
      else if (byte !== space && byte !== tab) break;
    }
    this.at = at;
    return at < bytes.length;
  }

  /** Passes one byte and the white space after it. @returns false if another byte is there. */
  protected pass(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return this.stop();
    this.at += 1;
    return this.passSpace();
  }

  protected passWord(word: "null" | "true" | "false"): boolean {
    for (let i = 0; i < word.length; i += 1) {
      if (this.at === this.bytes.length) return false;
      if (this.bytes[this.at] !== word.charCodeAt(i)) return this.stop();
      this.at += 1;
    }
    return true;
  }

  protected passNumber(): boolean {
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
  protected passString(): boolean {
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
    if (/^d[89a-f]/i.test(digits)) this.isPlain = false;
    return /^[\da-f]{4}$/i.test(digits);
  }

  /** Checks whether the bytes from an index to the next byte are all digits. */
  protected areDigits(begin: number): boolean {
    for (let at = begin; at < this.at; at += 1) if (!isDigit(this.bytes[at])) return false;
    return true;
  }
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= nine;
