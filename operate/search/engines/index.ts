import { objectKeyPrefixOf } from "../../../components/objectPrefix";
import { UsageError } from "../../exitCodes";
import { fieldOf } from "../conditions";
import type { Query } from "../options";
import type { Place } from "../place";
import { expanded, inRange } from "../statements";
import { clickhouseText, missingColumns as missingInClickhouse } from "./clickhouse";
import { missingColumns as missingInYql, yqlText } from "./yql";

const engines = {
  clickhouse: { text: clickhouseText, missing: missingInClickhouse },
  "yandex-query": { text: yqlText, missing: missingInYql },
} as const;

/**
 * Returns a query as text for another engine.
 *
 * @throws {UsageError} for columns that the engine's text does not have.
 */
export function engineText({ engine, ...query }: Query, { source, logging }: Place): string {
  if (engine === "duckdb") throw new RangeError("DuckDB runs in this process and needs no text.");
  const { text, missing } = engines[engine];
  const columns = expanded(query.columns);
  const by = expanded(query.by);
  const unknown = [...columns, ...by].filter((name) => missing.has(fieldOf(name).base));
  if (unknown.length > 0) throw new UsageError(`--engine ${engine} has no column ${unknown.join(", ")}.`);
  return text({
    ...{ storageEndpoint: source.storageEndpoint, bucket: source.bucket, range: query.range, columns, by },
    keyPrefix: objectKeyPrefixOf(source.trailId, source.objectPrefix),
    condition: inRange(query.condition(logging), query.range),
    isCount: query.isCount,
    limit: query.limit ?? 100,
  });
}
