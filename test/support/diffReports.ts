import { reportOn } from "../../operate/diff/report";
import { exported, preview, type stack } from "./engineOutput";

export type Stack = ReturnType<typeof stack>;

export const reportOf = (before: Stack, after: Stack, more: Parameters<typeof preview>[2] = {}) =>
  reportOn({ preview: preview(before, after, more), state: exported(before) });

export const scope = (kind: "organization" | "cloud" | "folder", resourceId: string) => ({
  resourceId,
  resourceType: {
    organization: "organization-manager.organization",
    cloud: "resource-manager.cloud",
    folder: "resource-manager.folder",
  }[kind],
});
export const management = (...resourceScopes: object[]) => ({
  filteringPolicy: { managementEventsFilter: { resourceScopes } },
});
export const dataEvents = (...dataEventsFilters: object[]) => ({ filteringPolicy: { dataEventsFilters } });
export const lockbox = (events: object = {}) =>
  dataEvents({ service: "lockbox", resourceScopes: [scope("folder", "f")], ...events });

export function lock(mode: string, days: number) {
  return {
    objectLockConfiguration: { objectLockEnabled: "Enabled", rule: { defaultRetention: { mode, days } } },
  };
}

export function expiring(expiration: object) {
  return { lifecycleRules: [{ id: "logs", enabled: true, expiration }] };
}
