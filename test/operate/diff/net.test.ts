import * as fc from "fast-check";
import { reportOn } from "../../../operate/diff/report";
import older from "../../data/schema-0.137.0.json";
import newer from "../../data/schema-0.222.0.json";
import { exported, preview, previewAfterRefresh, stack, theirs } from "../../support/engineOutput";

type Made = ReturnType<typeof theirs>;
interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

const kinds = ["StorageBucket", "KmsSymmetricKey", "AuditTrailsTrail", "IamServiceAccount"] as const;
type Kind = (typeof kinds)[number];
const typeOf = (kind: Kind) => `:${kind}`;

/** Properties without a meaning for the audit logs: names for people, prices, addresses, and options of the provider. */
const meaningless: Readonly<Record<Kind, readonly string[]>> = {
  StorageBucket: [
    ...["tags", "bucketPrefix", "corsRules", "defaultStorageClass", "https", "accessKey", "secretKey"],
    ...["storageBucketId", "websiteDomain", "websiteEndpoint"],
    ...[
      "website.",
      "loggings.targetPrefix",
      "lifecycleRules.id",
      "lifecycleRules.abortIncompleteMultipartUploadDays",
    ],
    ...["lifecycleRules.transitions", "lifecycleRules.noncurrentVersionTransitions"],
    "lifecycleRules.expiration.expiredObjectDeleteMarker",
  ],
  KmsSymmetricKey: ["name", "labels", "description", "timeouts", "kmsSymmetricKeyId", "symmetricKeyId"],
  AuditTrailsTrail: ["name", "labels", "description", "timeouts", "auditTrailsTrailId", "trailId"],
  IamServiceAccount: ["name", "labels", "description", "timeouts", "iamServiceAccountId", "serviceAccountId"],
};

const schemas = [older, newer] as unknown as readonly {
  readonly resources: Readonly<
    Record<string, { readonly inputProperties: Readonly<Record<string, Schema>> }>
  >;
  readonly types: Readonly<Record<string, Schema>>;
}[];

/** Of things that exclude each other one is left out. */
const exclusive = new Set(["date", "years", "excludedEvents", "prefix"]);

/** A property of one of the provider's releases, and values that the release takes. */
const properties = schemas.flatMap(({ resources, types }) =>
  kinds.flatMap((kind) => {
    const [, resource] = Object.entries(resources).find(([token]) => token.endsWith(typeOf(kind))) ?? [];
    return Object.entries(resource?.inputProperties ?? {}).map(([name, schema]) => ({
      ...{ kind, name, values: valuesOf(schema, types, name) },
    }));
  }),
);

function valuesOf(
  schema: Schema,
  types: (typeof schemas)[number]["types"],
  name: string,
): fc.Arbitrary<unknown> {
  const named = schema.$ref && types[schema.$ref.replace("#/types/", "")];
  const { type, items, properties: parts } = { ...schema, ...named };
  if (parts)
    return fc.record(
      Object.fromEntries(
        Object.entries(parts)
          .filter(([part]) => !exclusive.has(part))
          .map(([part, one]) => [part, valuesOf(one, types, part)]),
      ),
    );
  if (items) return fc.tuple(valuesOf(items, types, name));
  if (type === "boolean") return name === "enabled" ? fc.constant(true) : fc.boolean();
  if (type === "number" || type === "integer") return fc.integer({ min: 1, max: 400 });
  if (type === "object") return fc.constantFrom({ a: "x" }, { a: "y" });
  if (name === "objectLockEnabled") return fc.constant("Enabled");
  return fc.constantFrom("GOVERNANCE", "AES_256", "2030-01-01T00:00:00Z", "x");
}

/** A path to each value within a value, such as `rule.defaultRetention.days`. */
function leavesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [[...path]];
  return Object.entries(value).flatMap(([name, one]) => leavesOf(one, [...path, name]));
}

function withLeaf(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined)
    return typeof value === "boolean" ? !value : typeof value === "number" ? value + 1 : `${value}-other`;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[name] = withLeaf(copy[name], rest);
  return copy;
}

const means = (kind: Kind, path: readonly string[]) => {
  const plain = path.filter((part) => !/^\d+$/.test(part)).join(".");
  return !meaningless[kind].some(
    (one) => plain === one || plain.startsWith(one.endsWith(".") ? one : `${one}.`),
  );
};

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null ? Object.values(value).every(isEmpty) : !value;

function given(kind: Kind, name: string, value: unknown, place: readonly ("inputs" | "outputs")[]): Made[] {
  return stack().map((one) => {
    const set = { ...one, outputs: { ...one.inputs } as Record<string, unknown> };
    if (!one.type.endsWith(typeOf(kind))) return set;
    const properties = value === undefined ? {} : { [name]: value };
    for (const half of place) set[half] = { ...set[half], ...properties };
    return set;
  });
}

const isSaid = (kind: Kind, name: string) =>
  stack().some(({ type, inputs }) => type.endsWith(typeOf(kind)) && name in inputs);

const urnOf = (kind: Kind) => stack().find(({ type }) => type.endsWith(typeOf(kind)))?.urn ?? "";
const anyProperty = fc
  .constantFrom(...properties)
  .chain(({ kind, name, values }) =>
    fc.record({ kind: fc.constant(kind), name: fc.constant(name), value: values, at: fc.nat() }),
  );

describe("`unchanged` comes only where nothing that matters differs", () => {
  test("a change of any part of a property", () => {
    fc.assert(
      fc.property(anyProperty, ({ kind, name, value, at }) => {
        const leaves = leavesOf(value);
        const leaf = leaves[at % leaves.length] ?? [];
        const changed = withLeaf(value, leaf);
        const [before, after] = [value, changed].map((one) => given(kind, name, one, ["inputs", "outputs"]));
        const report = reportOn({
          preview: previewAfterRefresh(before ?? [], before ?? [], after ?? [], { [urnOf(kind)]: [name] }),
          state: exported(before ?? []),
        });
        expect(report.obstacles).toEqual([]);
        if (means(kind, [name, ...leaf])) expect(report.verdict).not.toBe("unchanged");
      }),
      { numRuns: 2000 },
    );
  });

  test("a value that others set and the program does not is drift, and undoing it is a change", () => {
    fc.assert(
      fc.property(anyProperty, ({ kind, name, value }) => {
        fc.pre(means(kind, [name]) && !isEmpty(value));
        fc.pre(!isSaid(kind, name));
        const recorded = given(kind, name, undefined, []);
        const found = given(kind, name, value, ["outputs"]);
        const report = reportOn({
          preview: previewAfterRefresh(recorded, found, recorded, { [urnOf(kind)]: [name] }),
          state: exported(recorded),
        });
        expect(report.verdict).not.toBe("unchanged");
        expect(report.drift?.rows).not.toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test("a change that the provider lists without a visible value", () => {
    fc.assert(
      fc.property(fc.constantFrom(...properties), ({ kind, name }) => {
        fc.pre(means(kind, [name]) && !isSaid(kind, name));
        const state = given(kind, name, undefined, []);
        const printed = previewAfterRefresh(state, state, state, { [urnOf(kind)]: [name] });
        expect(reportOn({ preview: printed, state: exported(state) }).verdict).not.toBe("unchanged");
      }),
      { numRuns: 300 },
    );
  });

  const reaching = [
    ...["admin", "editor", "viewer", "storage.admin", "storage.editor", "storage.uploader", "storage.viewer"],
    ...["storage.configurer", "kms.admin", "kms.editor", "kms.keys.decrypter", "iam.admin"],
    ...["iam.serviceAccounts.admin", "iam.serviceAccounts.tokenCreator", "resource-manager.admin"],
    ...[
      "resource-manager.clouds.owner",
      "organization-manager.admin",
      "audit-trails.admin",
      "storage.newRole",
    ],
  ];
  const idle = ["compute.admin", "auditor", "kms.viewer", "resource-manager.viewer", "kms.keys.encrypter"];
  const homes = [
    ["ResourcemanagerFolder", { folderId: "folder" }],
    ["ResourcemanagerCloud", { cloudId: "c" }],
    ["OrganizationmanagerOrganization", { organizationId: "org" }],
    ["KmsSymmetricKey", { symmetricKeyId: "key-id" }],
    ["StorageBucket", { bucket: "audit-logs" }],
    ["IamServiceAccount", { serviceAccountId: "account-id" }],
  ] as const;
  const elsewhere = [
    ["ResourcemanagerFolder", { folderId: "another" }],
    ["KmsSymmetricKey", { symmetricKeyId: "another" }],
    ["StorageBucket", { bucket: "another" }],
    ["IamServiceAccount", { serviceAccountId: "another" }],
  ] as const;
  const members = ["userAccount:u", "serviceAccount:s", "group:g", "system:allUsers", "federatedUser:f"];

  const grant = fc.record({
    role: fc.constantFrom(...reaching, ...idle),
    place: fc.constantFrom<readonly [string, object]>(...homes, ...elsewhere),
    member: fc.constantFrom(...members),
    form: fc.constantFrom("Member", "Binding", "Policy"),
  });

  test("roles of others that reach the logs, by a member, a binding or a policy, are reported, and no others", () => {
    fc.assert(
      fc.property(fc.array(grant, { minLength: 1, maxLength: 4 }), (grants) => {
        const before = stack();
        const more = grants.map(({ role, place: [on, where], member, form }, i) =>
          theirs(`yandex:index/x:${on}Iam${form}`, `grant-${i}`, {
            ...where,
            ...(form === "Policy"
              ? { policyData: JSON.stringify({ bindings: [{ role, members: [member] }] }) }
              : { role, ...(form === "Member" ? { member } : { members: [member] }) }),
          }),
        );
        const after = [...before, ...more];
        const report = reportOn({ preview: preview(before, after), state: exported(before) });
        const isHome = ([, where]: readonly [string, object]) => homes.some(([, home]) => home === where);
        const matters = grants.some(({ role, place }) => reaching.includes(role) && isHome(place));
        // A policy of the folder, or a binding, may take away what the trail's account needs.
        if (matters) expect(report.verdict).not.toBe("unchanged");
        else if (!grants.some(({ place, form }) => form === "Policy" && isHome(place)))
          expect(report.verdict).toBe("unchanged");
      }),
      { numRuns: 1000 },
    );
  });
});
