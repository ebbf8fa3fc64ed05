// Runs the statements that come on stdin, each a line of JSON, and answers each with a line: rows, or what is wrong.
const { createInterface } = require("node:readline");
const { Session } = require("chdb");

const session = new Session();
createInterface({ input: process.stdin }).on("line", (line) => {
  const answer = { rows: [], error: undefined };
  try {
    const text = String(session.query(JSON.parse(line), "JSONCompactEachRow") ?? "");
    answer.rows = text
      .split("\n")
      .filter((row) => row !== "")
      .map((row) => JSON.parse(row));
  } catch (error) {
    answer.error = String(error.message ?? error);
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});
