import type { Overview, ResourceNode } from "./overview";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (value: unknown): string =>
  String(value ?? "").replace(/[&<>"']/g, (character) => entities[character] ?? "");

const style = `
  body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; padding: 1rem 2rem 3rem; max-width: 76rem; color: #1c2330; }
  h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
  header { display: flex; align-items: baseline; justify-content: space-between; border-bottom: 2px solid #e3e7ee; padding-bottom: .6rem; }
  table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 600; color: #5b6577; }
  th, td { padding: .25rem .8rem .25rem 0; border-bottom: 1px solid #e9ecf2; vertical-align: top; }
  ul { list-style: none; margin: 0; padding-left: 1.3rem; border-left: 1px solid #d5dbe6; } section > ul { padding-left: 0; border: 0; }
  code { font: 13px ui-monospace, monospace; color: #475067; } .binding { color: #6b4a00; }
  .ACTIVE, .DONE { color: #0a6b3d; font-weight: 600; } .ERROR { color: #b3261e; font-weight: 600; } .none { color: #7b8496; }
`;

const row = (cells: readonly string[]) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '<p class="none">None yet.</p>';
  const head = columns.map((column) => `<th>${column}</th>`).join("");
  return `<table><tr>${head}</tr>${rows.map(row).join("")}</table>`;
}

const code = (text: unknown): string => `<code>${escaped(text)}</code>`;
const status = (text: string): string => `<span class="${escaped(text)}">${escaped(text)}</span>`;

function tree({ type, name, id, accessBindings, children }: ResourceNode): string {
  const bindings = accessBindings.map(
    ({ roleId, subject }) => `<li class="binding">${escaped(roleId)} for ${escaped(subject)}</li>`,
  );
  const inside = [...bindings, ...children.map(tree)].join("");
  const same = id === name ? "" : ` ${code(id)}`;
  return `<li>${escaped(type)} <b>${escaped(name)}</b>${same}${inside ? `<ul>${inside}</ul>` : ""}</li>`;
}

/** Returns the cloud as a page without scripts, which reloads every five seconds. */
export function pageOf({ now, organization, trails, buckets, auditLog }: Overview): string {
  const trailRows = trails.map((trail) => [
    `<b>${escaped(trail.name)}</b> ${code(trail.id)}`,
    status(trail.status),
    escaped(trail.statusErrorMessage),
    escaped(trail.bucket),
    escaped(trail.serviceAccount),
  ]);
  const bucketParts = buckets.map((bucket) => {
    const encryption = bucket.kmsKeyId ? `encrypted with ${code(bucket.kmsKeyId)}` : "not encrypted";
    const objects = bucket.objects.map(({ key, size, lastModified }) => [
      code(key),
      `${size} bytes`,
      escaped(lastModified),
    ]);
    const about = `${encryption}, ${escaped(bucket.versioning)}, ${bucket.objectCount} objects, ${bucket.bytes} bytes`;
    return `<h3>${escaped(bucket.name)}</h3><p>${about}</p>${table(["object", "size", "written"], objects)}`;
  });
  const eventRows = auditLog.map((event) => [
    escaped(event.event_time),
    escaped(event.event_type.replace("yandex.cloud.audit.", "")),
    status(event.event_status),
    escaped((event.authentication as { subject_name?: string }).subject_name),
    escaped(event.resource_metadata.path.at(-1)?.resource_name),
    escaped(event.error?.message),
  ]);
  const eventColumns = ["time", "event", "status", "by", "resource", "error"];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta http-equiv="refresh" content="5">
<title>Local Yandex Cloud</title><style>${style}</style>
</head>
<body>
<header><h1>Local Yandex Cloud</h1><span>${escaped(now)}</span></header>
<section><h2>Trails</h2>${table(["trail", "status", "reason", "bucket", "account"], trailRows)}</section>
<section><h2>Resources and access bindings</h2><ul>${tree(organization)}</ul></section>
<section><h2>Buckets</h2>${bucketParts.join("") || '<p class="none">None yet.</p>'}</section>
<section><h2>Audit log</h2>${table(eventColumns, eventRows)}</section>
<p><a href="/cloud">The same as JSON</a></p>
</body>
</html>
`;
}
