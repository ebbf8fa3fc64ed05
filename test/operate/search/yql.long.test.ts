import fc from "fast-check";
import { yqlText } from "../../../operate/search/engines/yql";
import { faultsOfYql } from "../../support/yql";
import { conditions } from "./arbitraries";

const day = 86_400_000;
const question = {
  ...{ storageEndpoint: "https://storage.test", bucket: "audit-logs", keyPrefix: "logs/cnp1/" },
  ...{
    range: { from: 20_000 * day, to: 20_007 * day },
    columns: ["event_time", "details.a", "path"],
    by: [],
  },
  ...{ isCount: false, limit: 100 },
};

test("YQL parses for any question", () => {
  const some = fc.sample(conditions, 300);
  const statements = some.map((condition) => yqlText({ ...question, condition }));
  const faults = faultsOfYql(statements).flatMap((fault, i) => (fault ? [[fault, some[i]]] : []));
  expect(faults).toEqual([]);
});

test("counts parse", () => {
  const condition = { is: "and", of: [] } as const;
  const texts = [
    yqlText({ ...question, condition, isCount: true }),
    yqlText({ ...question, condition, by: ["event_type", "details.a"] }),
    yqlText({ ...question, condition, range: "all" }),
  ];
  expect(faultsOfYql(texts)).toEqual([null, null, null]);
});

test("the parser refuses text that is not YQL", () => {
  const wrong = ["SELECT data FROM t WHERE (a = 1", "SELECT FROM WHERE", "SELECT a b c FROM t"];
  expect(faultsOfYql(wrong)).not.toContain(null);
});
