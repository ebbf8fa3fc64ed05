import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

/** Contexts of a job by name: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts. */
export type Contexts = Readonly<Record<string, unknown>>;

/** Contexts of work that may not have run. Expressions may read members that these lack. */
const lackable = ["needs", "steps"];

/** Object of a context. To read a missing member is an error, so that misspelt names are found. GitHub reads an empty text. */
class Members extends data.Dictionary {
  override get(name: string): data.ExpressionData {
    const member = super.get(name);
    if (!member) throw new Error(`no ${name}`);
    return member;
  }
}

function dataOf(value: unknown, Kind: typeof data.Dictionary): data.ExpressionData {
  if (typeof value !== "object" || value === null) return new data.StringData(String(value ?? ""));
  return new Kind(...Object.entries(value).map(([key, member]) => ({ key, value: dataOf(member, Kind) })));
}

/** Status functions: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#status-check-functions. */
const statuses: Readonly<Record<string, (hasFailed: boolean) => boolean>> = {
  always: () => true,
  cancelled: () => false,
  failure: (hasFailed) => hasFailed,
  success: (hasFailed) => !hasFailed,
};

/** Returns the value of an expression as text, and whether it asks for a status. */
function evaluated(expression: string, contexts: Contexts, hasFailed: boolean) {
  const { tokens } = new Lexer(expression).lex();
  const functions = Object.entries(statuses).map(([name, holds]) => {
    const call = () => new data.BooleanData(holds(hasFailed));
    return { name, minArgs: 0, maxArgs: 0, call };
  });
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse();
  const all = Object.entries(contexts).map(([key, context]) => {
    return { key, value: dataOf(context, lackable.includes(key) ? data.Dictionary : Members) };
  });
  const known = new Map(functions.map((one) => [one.name, one]));
  return {
    text: new Evaluator(parsed, new data.Dictionary(...all), known).evaluate().coerceString(),
    asksForStatus: tokens.some(({ lexeme }) => lexeme.toLowerCase() in statuses),
  };
}

/** Returns a text with the values of its `${{ }}`. */
export const filled = (template: string, contexts: Contexts): string =>
  template.replace(/\$\{\{(.*?)\}\}/g, (_, expression) => evaluated(expression, contexts, false).text);

/** Checks whether the condition of a job or a step holds. Without a status function it requires success. */
export function holds(condition: string | undefined, contexts: Contexts, hasFailed: boolean): boolean {
  const expression = condition?.replace(/^\$\{\{(.*)\}\}$/, "$1") ?? "success()";
  const { text, asksForStatus } = evaluated(`!!(${expression})`, contexts, hasFailed);
  return text === "true" && (asksForStatus || !hasFailed);
}
