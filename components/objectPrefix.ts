/** Returns what the keys of a trail's log objects begin with: https://yandex.cloud/en/docs/audit-trails/concepts/format */
export const objectKeyPrefixOf = (trailId: string, objectPrefix?: string): string =>
  `${objectPrefix ? `${objectPrefix}/` : ""}${trailId}/`;
