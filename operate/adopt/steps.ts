import { nounOf } from "../../components/places";
import { inert } from "../inert";
import { kindTitles } from "../stack/kinds";
import type { EngineRecord } from "../state/engineRecord";
import type { Part, SetUp } from "./composer";
import { shown } from "./configurationChanges";
import type { ExistingSetUp } from "./existingSetUp";
import { byBucketName, isThe, type NeededRole } from "./roles";

/** A step of an adoption. No step changes the cloud. */
export type AdoptionStep =
  | { readonly kind: "createStack" }
  | { readonly kind: "configure"; readonly key: string; readonly value: unknown }
  | { readonly kind: "importPart"; readonly part: Part }
  | { readonly kind: "importRole"; readonly role: NeededRole }
  /** Adds to the state what `pulumi import` leaves out of it: protection, dependencies, hooks. */
  | { readonly kind: "complete" };

/**
 * Returns the steps that import a set-up into a stack, in their order.
 *
 * @param record The stack's state; undefined if there is no stack.
 * @param changes Configuration to write.
 */
export function stepsOf(
  setUp: SetUp,
  found: Pick<ExistingSetUp, "grants" | "buckets">,
  record: Pick<EngineRecord, "ids"> | undefined,
  changes: Readonly<Record<string, unknown>>,
): AdoptionStep[] {
  const ids = new Set([...(record?.ids ?? [])].map(plainId));
  const isMissing = (id: string) => !ids.has(plainId(id));
  const imports: AdoptionStep[] = [
    ...setUp.parts
      .filter(({ id }) => isMissing(id))
      .map((part): AdoptionStep => ({ kind: "importPart", part })),
    ...setUp.needs
      .filter((need) => found.grants.some((grant) => isThe(grant, need)))
      .filter((need) => isMissing(bindingId(need, found)))
      .map((role): AdoptionStep => ({ kind: "importRole", role })),
  ];
  return [
    ...(record ? [] : [{ kind: "createStack" } as const]),
    ...Object.entries(changes).map(([key, value]): AdoptionStep => ({ kind: "configure", key, value })),
    ...imports,
    ...(imports.length > 0 ? [{ kind: "complete" } as const] : []),
  ];
}

/** Returns the id of a role binding in the state. On a bucket the binding has all members of the role. */
function bindingId({ role, on, accountId }: NeededRole, found: Pick<ExistingSetUp, "buckets">): string {
  const member = on.type === "storage.bucket" ? "" : `,serviceAccount:${accountId}`;
  return `${byBucketName(on, found).id},${role}${member}`;
}

/** Returns a step as a line of the plan, for people. */
export function textOfStep(step: AdoptionStep): string {
  switch (step.kind) {
    case "createStack":
      return "create the stack, which does not exist";
    case "configure":
      return `write ${step.key}: ${inert(shown(step.value))}`;
    case "importPart": {
      const { kind, id, name } = step.part;
      return `import ${kindTitles[kind]} ${inert(id)} into the state as ${name}`;
    }
    case "importRole": {
      const { role, on, accountId } = step.role;
      return `import role ${role} on ${nounOf(on.type)} ${inert(on.id)} for service account ${inert(accountId)} into the state`;
    }
    case "complete":
      return "record in the state that all resources are protected, and that buckets and keys stay in the cloud when they leave the stack";
  }
}

/** Returns the id of a role binding with spaces between its parts. The separators differ between releases of the provider. */
const plainId = (id: string): string => id.split(/[\s,/]+/).join(" ");
