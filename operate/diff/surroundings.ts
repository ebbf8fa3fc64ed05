import { type Ability, reachOf } from "../../components/logAccess";
import type { Answer } from "../../components/roles";
import { anyOf } from "../stack/answers";
import type { Grant } from "../stack/grants";
import { collectsOf, holds } from "../stack/homes";
import type { Reference } from "../stack/references";
import type { StackView } from "../stack/stackView";
import { isOurs } from "../stack/urn";
import { nameOf } from "./facets/facet";
import { byText, type Granted, grantedBy, showGranted, without } from "./facets/grants";
import type { Row } from "./row";
import type { Effect } from "./verdict";

type PlaceKind = "folder" | "cloud" | "organization";
const placeKinds: readonly string[] = ["folder", "cloud", "organization"] satisfies PlaceKind[];

/**
 * Roles on a folder, cloud or organization that give access to the logs. This place holds, or may hold, bucket, key, account or
 * trail.
 */
interface PlaceRoles {
  readonly kind: PlaceKind;
  readonly name: string;
  readonly granted: readonly Granted[];
  /** Answer to: does the place hold one of them? */
  readonly holds: Answer;
}

/** Returns changes of roles that others have on the folders, clouds and organizations of the audit logs. */
export function surroundingRows(before: StackView, after: StackView): Row[] {
  const [was, is] = [placesIn(before), placesIn(after)];
  const keys = [...new Set([...was.keys(), ...is.keys()])].sort();
  return keys.flatMap((key): Row[] => {
    const [then, now] = [was.get(key), is.get(key)];
    const place = now ?? then;
    const [came, left] = [
      without(now?.granted ?? [], then?.granted ?? []),
      without(then?.granted ?? [], now?.granted ?? []),
    ];
    if (!place || came.length + left.length === 0) return [];
    const isSure = place.holds === "yes";
    const effect = effectOf(came, left, isSure);
    const where = isSure ? "" : ` Whether the ${place.kind} holds the folder of the logs is unknown.`;
    return [
      {
        subjects: [{ kind: place.kind, name: place.name }],
        name: "roles of others",
        before: [showGranted(then?.granted)].flat(),
        after: [showGranted(now?.granted)].flat(),
        effect,
        ...(came.length > 0
          ? { harm: `${abilities(came)}${where}` }
          : { note: `Fewer people or accounts may read the logs.${where}` }),
      },
    ];
  });
}

function effectOf(came: readonly Granted[], left: readonly Granted[], isSure: boolean): Effect | undefined {
  if (came.length > 0) return isSure && came.some(({ reaches }) => reaches === "yes") ? "weaker" : "unknown";
  return isSure && left.some(({ reaches }) => reaches === "yes") ? "stronger" : undefined;
}

function placesIn(view: StackView): Map<string, PlaceRoles> {
  const places = new Map<string, PlaceRoles>();
  for (const grant of view.grants()) {
    if (!placeKinds.includes(grant.onWhat)) continue;
    const holds = holding(grant, view);
    const granted = grantedBy(known(grant), view).filter(({ reaches }) => reaches !== "no");
    if (holds === "no" || granted.length === 0) continue;
    const name = nameOf(grant.on);
    const key = `${grant.onWhat} ${keyOf(grant.on)}`;
    const others = places.get(key)?.granted ?? [];
    places.set(key, {
      ...{ kind: grant.onWhat as PlaceKind, name, holds },
      granted: [...others, ...granted].sort(byText),
    });
  }
  return places;
}

/** Leaves out members that are not known yet in the library's own grants: they are always its trails' accounts. */
const known = (grant: Grant): Grant =>
  isOurs(grant.resource.urn)
    ? { ...grant, members: grant.members.filter(({ urn, id }) => urn !== undefined || id !== undefined) }
    : grant;

const keyOf = ({ urn, id }: Reference) => id ?? urn ?? "";

/** Checks whether the place of a grant holds a folder of the logs. */
function holding({ on, onWhat }: Grant, view: StackView): Answer {
  const folders = view.folders();
  if (on.urn === undefined && on.id === undefined) return "unknown";
  if (onWhat === "folder")
    return anyOf(
      folders.map((folder) =>
        view.isSame(folder, on)
          ? "yes"
          : folder.urn === undefined && folder.id === undefined
            ? "unknown"
            : "no",
      ),
    );
  if (onWhat === "organization") return collectsOf(on, view) ? "yes" : "unknown";
  return folders.length > 0 ? holds(on, folders, view) : "unknown";
}

const words: Readonly<Record<Ability, string>> = {
  reads: "read logs",
  decrypts: "decrypt logs",
  changes: "change or delete logs",
  stops: "stop delivery",
  grants: "give such roles to anybody",
};

/** Describes what the new roles allow. */
function abilities(came: readonly Granted[]): string {
  const reach = came.map(({ role }) => reachOf(role));
  const may = (answer: Answer) =>
    (Object.keys(words) as Ability[]).filter((can) => anyOf(reach.map((one) => one[can])) === answer);
  const list = (abilities: readonly Ability[]) => abilities.map((can) => words[can]).join(", ");
  const who = came.some(({ to }) => to.startsWith("system:")) ? "Anybody" : "The new members";
  return [
    ...(may("yes").length > 0 ? [`${who} may ${list(may("yes"))}.`] : []),
    ...(may("unknown").length > 0 ? [`${who} perhaps may ${list(may("unknown"))}.`] : []),
  ].join(" ");
}
