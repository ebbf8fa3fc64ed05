/** Units of Go's durations, in nanoseconds: https://pkg.go.dev/time#ParseDuration. */
const units: Readonly<Record<string, bigint>> = {
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  µs: 1_000n,
  us: 1_000n,
  ns: 1n,
};
const part = /(\d+)(?:\.(\d+))?(ns|us|µs|ms|s|m|h)/g;
const whole = /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/;
/** Longest duration. Go counts nanoseconds in 64 bits. */
const longest = 2n ** 63n - 1n;

/** Returns the fault of a duration's text; undefined if it is a duration longer than zero. */
export function faultOfDuration(text: string): string | undefined {
  if (!whole.test(text)) return "must be a Go duration such as 8760h";
  const length = nanoseconds(text);
  if (length === 0n) return "must be longer than zero";
  if (length > longest) return "must be at most 2562047h, the longest that Go knows";
  return undefined;
}

/**
 * Returns a duration in Go's own form, such as `8760h0m0s` for `8760h`. Newer releases of the provider always show that
 * form. For any other form, each preview would show a change.
 *
 * @throws {RangeError} if the text is not a duration longer than zero.
 */
export function canonicalDuration(text: string): string {
  const fault = faultOfDuration(text);
  if (fault) throw new RangeError(`${fault}, not ${JSON.stringify(text)}`);
  const length = nanoseconds(text);
  const second = units.s as bigint;
  if (length < second) {
    const [unit, size] = Object.entries(units).find(([, size]) => length >= size) as [string, bigint];
    return `${decimal(length, size)}${unit}`;
  }
  const hours = length / (units.h as bigint);
  const minutes = (length / (units.m as bigint)) % 60n;
  const seconds = `${decimal(length % (units.m as bigint), second)}s`;
  if (hours > 0n) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${minutes}m${seconds}` : seconds;
}

const nanoseconds = (text: string): bigint =>
  [...text.matchAll(part)].reduce((sum, [, count = "", fraction = "", unit = ""]) => {
    const size = units[unit] as bigint;
    return sum + BigInt(count) * size + (BigInt(fraction || 0) * size) / 10n ** BigInt(fraction.length);
  }, 0n);

/** Returns a quotient as a decimal number without trailing zeros. */
function decimal(dividend: bigint, divisor: bigint): string {
  const fraction = String(dividend % divisor)
    .padStart(String(divisor).length - 1, "0")
    .replace(/0+$/, "");
  return `${dividend / divisor}${fraction && `.${fraction}`}`;
}
