import { nounOf } from "../../components/places";
import { inert } from "../inert";
import { changesIn, type Preview, type Step } from "../stack/preview";
import { splitUrn } from "../stack/urn";
import type { MissingRole } from "./roles";

/** Returns the changes of the next update in the cloud, a sentence for each resource. */
export const leftToDo = (preview: Preview, missing: readonly MissingRole[]): string[] =>
  changesIn(preview)
    .filter(({ urn }) => !isComponent(urn))
    .map((step) => sentenceOf(step, missing));

const isComponent = (urn: string): boolean =>
  /^(yandex-audit-trails|pulumi):/.test(splitUrn(urn).types.at(-1) ?? "");

function sentenceOf({ op, urn, after, changed }: Step, missing: readonly MissingRole[]): string {
  const { name, types } = splitUrn(urn);
  const what = `${types.at(-1)?.split(":").at(-1)} ${inert(name)}`;
  if (op === "update") return `${what} is changed: ${changed.map((input) => inert(input)).join(", ")}.`;
  if (op !== "create") return `${what}: ${op}.`;
  const ids = Object.values(after?.inputs ?? {});
  const need = missing.find(({ role, on }) => after?.inputs.role === role && ids.includes(on.id));
  return need ? sentenceOfRole(need) : `${what} is created.`;
}

function sentenceOfRole({ role, on, accountId, instead }: MissingRole): string {
  const placeOf = ({ type, id }: MissingRole["on"]) => `${nounOf(type)} ${inert(id)}`;
  const others = instead.map((grant) => `${inert(grant.role)} on ${placeOf(grant.on)}`);
  const now =
    others.length > 0 ? `it has ${others.join(", ")} instead` : "the roles of its groups are not checked";
  return `pulumi up grants service account ${inert(accountId)} role ${role} on ${placeOf(on)}, which it does not have there; ${now}.`;
}
