import { Interrupted, interruptible, ProgressLine } from "../../../operate/search/terminal";

const progress = { step: "fetch", done: 3, total: 10, bytes: 1_500, totalBytes: 2_000_000 } as const;

/** Returns the output of a progress line at some times, in milliseconds since its start. */
function written(times: readonly number[], isTTY: boolean): string[] {
  const lines: string[] = [];
  let at = 0;
  const stream = { isTTY, write: (text: string) => lines.push(text) > 0 };
  using line = new ProgressLine(stream, () => at);
  for (at of times) line.show(progress);
  return lines;
}

const text = "Fetching log objects: 3 of 10, 1.50 kB of 2.00 MB";

test("there is no output for steps that take less than two seconds", () => {
  expect(written([0, 1_000, 1_999], true)).toEqual([]);
});

test("a terminal has one line, which disappears at the end", () => {
  expect(written([2_000, 2_200], true)).toEqual([`\r\u001b[K${text}`, `\r\u001b[K${text}`, "\r\u001b[K"]);
});

test("a file has a line each ten seconds", () => {
  expect(written([2_000, 2_200, 11_000, 12_000, 12_100], false)).toEqual([`${text}\n`, `${text}\n`]);
});

test("Ctrl-C aborts the signal, until it is disposed", () => {
  const before = process.listenerCount("SIGINT");
  {
    using ending = interruptible();
    process.emit("SIGINT");
    expect(ending.signal.reason).toBeInstanceOf(Interrupted);
  }
  {
    using _ending = interruptible();
    expect(process.listenerCount("SIGINT")).toBe(before + 1);
  }
  expect(process.listenerCount("SIGINT")).toBe(before);
});
