/** Returns the prefix of the keys of a trail's log objects: https://yandex.cloud/en/docs/audit-trails/concepts/format */
export const objectKeyPrefixOf = (trailId: string, objectPrefix?: string): string =>
  `${objectPrefix ? `${objectPrefix}/` : ""}${trailId}/`;
