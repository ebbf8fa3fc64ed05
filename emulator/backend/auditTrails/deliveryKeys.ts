import type { Switches } from "../switches";
import type { Trail } from "./trail";

/**
 * Returns the key of a log object: `[<prefix>/]<trail id>/<yyyy>/<mm>/[<dd>/]<file>.json`. An empty prefix means none: the
 * trail's message has the same form for both.
 *
 * @param id Id of the delivery.
 */
export function deliveryKey(
  { id: trailId, destination }: Trail,
  now: Date,
  id: string,
  { deliveryFolders, deliveryFileName }: Switches,
): string {
  const prefix = destination?.objectStorage?.objectPrefix;
  const [date = "", time = ""] = now.toISOString().split("T");
  const folders = date.split("-").slice(0, deliveryFolders === "day" ? 3 : 2);
  const clock = `${time.slice(0, 8).replaceAll(":", "-")}-`;
  const file = `${deliveryFileName === "id" ? "" : clock}${id}.json`;
  return [...(prefix ? [prefix] : []), trailId, ...folders, file].join("/");
}
