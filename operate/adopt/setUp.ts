import type { AuditTrailsArgs, TrailSettings } from "../../components/auditTrails/args";
import { faultsAcross } from "../../components/auditTrails/rules";
import { Composer, type SetUp } from "./composer";
import type { Found } from "./look";
import { soundnessOf } from "./refusals";

/**
 * The set-up that was found, as configuration and parts, or all reasons why it cannot be taken over.
 *
 * @param grantsOnBuckets Whether the provider can grant roles on buckets.
 */
export function setUpOf(
  found: Found,
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
          ({ path, reason }) => `The configuration for it would be refused: ${path}: ${reason}.`,
        ),
      };
}

/** The configuration's keys and values: lists where the arguments have tables of ids. */
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
