/** Verdicts on a change of the audit logs, worst first. */
export const verdicts = {
  unknown: { title: "unknown", isHarm: true },
  refused: { title: "refused by protection", isHarm: true },
  stop: { title: "delivery would stop or have a gap", isHarm: true },
  unreadable: { title: "logs would become unreadable or deletable", isHarm: true },
  narrower: { title: "coverage narrower", isHarm: true },
  weaker: { title: "protection weaker", isHarm: true },
  wider: { title: "coverage wider", isHarm: false },
  stronger: { title: "protection stronger", isHarm: false },
  unchanged: { title: "unchanged", isHarm: false },
} as const;

export type Verdict = keyof typeof verdicts;

/** Verdict on a single difference. */
export type Effect = Exclude<Verdict, "refused" | "unchanged">;

const order = Object.keys(verdicts) as readonly Verdict[];

/** Returns the verdicts that apply, worst first, each once; `unchanged` if there are none. */
export function applying(found: readonly (Verdict | undefined)[]): readonly [Verdict, ...Verdict[]] {
  const [worst = "unchanged", ...others] = order.filter((verdict) => found.includes(verdict));
  return [worst, ...others];
}

export const isVerdict = (text: string): text is Verdict => Object.hasOwn(verdicts, text);
