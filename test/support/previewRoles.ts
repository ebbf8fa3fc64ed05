import { readFileSync } from "node:fs";
import type { Emulator } from "../../emulator";

/** A role of the account for previews, as the guide to the pipelines lists them. */
export interface PreviewRole {
  readonly on: "organization" | "folder";
  readonly role: string;
  /** Types of the resources that it reads. */
  readonly reads: readonly string[];
}

/** Rows of that table. */
export const previewRoles: readonly PreviewRole[] = [
  ...readFileSync("examples/pipelines/README.md", "utf8").matchAll(
    /^\| (organization|folder) \| `([\w.-]+)` \| ((?:`\w+`(?:, )?)+) \|$/gm,
  ),
].map(([, on, role = "", reads = ""]) => ({
  on: on as PreviewRole["on"],
  role,
  reads: [...reads.matchAll(/`(\w+)`/g)].map(([, type = ""]) => type),
}));

/** Grants an account these roles, and no others. */
export function grant({ cloud }: Emulator, accountId: string, roles: readonly PreviewRole[]): void {
  const subject = { type: "serviceAccount", id: accountId };
  const places = { organization: cloud.organizationId, folder: cloud.folderId };
  for (const place of Object.values(places))
    for (const binding of cloud.access.list(place))
      if (binding.subject.id === accountId) cloud.access.remove(place, binding);
  for (const { on, role: roleId } of roles) cloud.access.add(places[on], { roleId, subject });
}
