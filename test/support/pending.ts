import { readFileSync, writeFileSync } from "node:fs";
import { stackFileOf } from "../../tools/local/state";
import type { LocalStack } from "./localStack";

/** Type of a resource that is none of this library's. */
export const petType = "random:index/randomPet:RandomPet";

/** Lets the making of another library's resource look interrupted. */
export function interruptPet({ folder }: LocalStack): void {
  const file = stackFileOf(folder);
  const { checkpoint, ...rest } = JSON.parse(readFileSync(file, "utf8"));
  const urn = `urn:pulumi:dev::yandex-audit-trails::${petType}::pet`;
  const pet = { resource: { urn, type: petType, custom: true }, type: "creating" };
  const pending_operations = [...(checkpoint.latest.pending_operations ?? []), pet];
  const latest = { ...checkpoint.latest, pending_operations };
  writeFileSync(file, JSON.stringify({ ...rest, checkpoint: { ...checkpoint, latest } }));
}

/** Returns operations that the engine has begun and not ended. */
export const pendingIn = ({ folder }: LocalStack): unknown[] =>
  JSON.parse(readFileSync(stackFileOf(folder), "utf8")).checkpoint.latest.pending_operations ?? [];
