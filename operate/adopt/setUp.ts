import type { AuditTrailsArgs, TrailSettings } from "../../components/auditTrails/args";
import { faultsAcross } from "../../components/auditTrails/rules";
import { Composer, type SetUp } from "./composer";
import type { ExistingSetUp } from "./existingSetUp";
import { soundnessOf } from "./refusals";

/**
 * Returns the set-up as configuration and parts, or all reasons against its adoption.
 *
 * @param grantsOnBuckets True if the provider can grant roles on buckets.
 */
export function setUpOf(
  found: ExistingSetUp,
  grantsOnBuckets = false,
): { readonly setUp?: SetUp; readonly refusals: readonly string[] } {
  const { sound, refusals } = soundnessOf(found);
  if (!sound) return { refusals };
  const setUp = new Composer(found, sound.trails, sound.place, grantsOnBuckets).setUp();
  const faults = faultsAcross(setUp.args).filter((fault) => typeof fault === "object");
  return faults.length === 0
    ? { setUp, refusals }
    : {
        refusals: faults.map(
          ({ path, reason }) => `The configuration of this set-up is invalid: ${path}: ${reason}.`,
        ),
      };
}

/** Returns keys and values of the configuration. Where the arguments have objects of ids, the configuration has lists. */
export function configurationOf(args: AuditTrailsArgs): Record<string, unknown> {
  const listed = <T extends Pick<TrailSettings, "clouds" | "folders">>({ clouds, folders, ...rest }: T) => ({
    ...(clouds && { clouds: Object.values(clouds) }),
    ...(folders && { folders: Object.values(folders) }),
    ...rest,
  });
  const rows = Object.entries(args.trails ?? {}).map(([key, { dataEvents, ...row }]) => {
    const filters = Object.entries(dataEvents ?? {}).map(([service, filter]) => [service, listed(filter)]);
    return [key, { ...listed(row), ...(dataEvents && { dataEvents: Object.fromEntries(filters) }) }];
  });
  return { ...args, trails: Object.fromEntries(rows) };
}
