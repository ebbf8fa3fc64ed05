import type * as pulumi from "@pulumi/pulumi";
import { knownIds } from "../bucket/policy";
import { knownDataEvents } from "../dataEvents";
import type { AuditTrailsArgs, TrailSettings } from "./args";

/**
 * First letters of the vendor's ids, as its documents show them. No rule is documented, so other letters are not an
 * error.
 */
const idPrefixes: Readonly<Record<string, readonly string[]>> = {
  bpf: ["organization"],
  b1g: ["cloud", "folder"],
  aje: ["service account", "user"],
  abj: ["key"],
  cnp: ["trail"],
  enp: ["network"],
};

type Id = readonly [path: string, kind: string, id: unknown];

/**
 * Returns warnings about ids that look like the id of another kind of resource, and about services without known data
 * events.
 */
export function unlikelyValues(args: AuditTrailsArgs): string[] {
  const { organizationId, folderId, access, trails = {} } = args;
  const rows = Object.entries(trails).map(([key, row]) => [`trails.${key}.`, row] as const);
  const ids: Id[] = [
    ["organizationId", "organization", organizationId],
    ["folderId", "folder", folderId],
    ...idsOf("", args),
    ...rows.flatMap(([path, row]) => [
      ...idsOf(path, row),
      ...scopesOf(path, row),
      ...Object.entries(row.dataEvents ?? {}).flatMap(([service, filter]) =>
        scopesOf(`${path}dataEvents.${service}.`, filter),
      ),
    ]),
    ...(["administrators", "readers"] as const).flatMap((list) =>
      knownIds(access?.[list]).map((id, i): Id => [`access.${list}.${i}`, "user", id]),
    ),
  ];
  const services = rows.flatMap(([path, { dataEvents = {} }]) =>
    Object.keys(dataEvents)
      .filter((service) => !knownDataEvents.has(service))
      .map(
        (service) =>
          `${path}dataEvents.${service}: no service "${service}" is documented to have data events. The services known here ` +
          `are ${[...knownDataEvents.keys()].join(", ")}.`,
      ),
  );
  return [...ids.flatMap(warningOf), ...services];
}

const idsOf = (
  path: string,
  {
    bucketFolderId,
    serviceAccountId,
    encryption,
  }: Pick<TrailSettings, "bucketFolderId" | "serviceAccountId" | "encryption">,
): Id[] => [
  [`${path}bucketFolderId`, "folder", bucketFolderId],
  [`${path}serviceAccountId`, "service account", serviceAccountId],
  [`${path}encryption.keyId`, "key", encryption?.keyId],
];

const scopesOf = (path: string, { clouds, folders }: Pick<TrailSettings, "clouds" | "folders">): Id[] =>
  Object.entries({ cloud: clouds, folder: folders }).flatMap(([kind, ids = {}]) =>
    Object.entries<pulumi.Input<string>>(ids).map(([key, id]): Id => [`${path}${kind}s.${key}`, kind, id]),
  );

function warningOf([path, kind, id]: Id): string[] {
  const kinds = typeof id === "string" ? (idPrefixes[id.slice(0, 3)] ?? [kind]) : [kind];
  return kinds.includes(kind)
    ? []
    : [
        `${path}: "${id}" looks like the id of ${article(kinds[0])} ${kinds.join(" or ")}. This must be the id of ${article(kind)} ${kind}.`,
      ];
}

const article = (noun = ""): string => (/^[aeio]/.test(noun) ? "an" : "a");
