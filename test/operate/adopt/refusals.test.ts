import type { ExistingSetUp } from "../../../operate/adopt/existingSetUp";
import { refusalsOfOwners } from "../../../operate/adopt/owners";
import { missingRoles } from "../../../operate/adopt/roles";
import {
  bucket,
  folderId,
  found,
  key,
  organizationId,
  refusalsOf,
  scope,
  soundSetUp,
  trail,
  wholeOrganization,
} from "../../support/existingSetUps";

test.each<[string, Partial<Record<keyof ExistingSetUp, unknown>>, string]>([
  [
    "no trail",
    { trails: new Map([["cnpone", undefined]]) },
    "Trail cnpone does not exist, or may not be read.",
  ],
  [
    "a deleted trail",
    { trails: new Map([["cnpone", trail({ status: "DELETED" })]]) },
    "Trail cnpone is deleted.",
  ],
  [
    "another destination",
    { trails: new Map([["cnpone", trail({ destination: {} })]]) },
    "Trail cnpone does not deliver to Object Storage.",
  ],
  ["no bucket", { buckets: new Map() }, "Bucket logs-one does not exist, or may not be read."],
  [
    "no key",
    { keys: new Map() },
    "Key abjone, which encrypts bucket logs-one, does not exist, or may not be read.",
  ],
  [
    "a key that is off",
    { keys: new Map([["abjone", { ...key, status: "INACTIVE" }]]) },
    "Key abjone, which encrypts bucket logs-one, is INACTIVE, not ACTIVE.",
  ],
  [
    "no account",
    { accounts: new Map() },
    "Service account ajeone of the trails does not exist, or may not be read.",
  ],
  [
    "a bucket of another organization",
    {
      buckets: new Map([["logs-one", bucket({ folderId: "b1gfar" })]]),
      organizations: new Map([
        [folderId, organizationId],
        ["b1gfar", "bpffar"],
      ]),
    },
    "Bucket logs-one is in folder b1gfar, of organization bpffar.",
  ],
  [
    "the older form of a filter",
    {
      trails: new Map([["cnpone", trail({ filteringPolicy: undefined })]]),
      organizations: new Map([[folderId, organizationId]]),
    },
    "it has no filtering policy",
  ],
  [
    "management events of a folder, data events of all",
    {
      trails: new Map([
        [
          "cnpone",
          trail({
            filteringPolicy: {
              managementEventsFilter: { resourceScopes: [scope("b1gone")] },
              dataEventsFilters: [{ service: "kms", resourceScopes: [wholeOrganization] }],
            },
          }),
        ],
      ]),
    },
    "the configuration cannot express that",
  ],
])("%s is refused", (_, more, reason) => {
  expect(refusalsOf(more).join("\n")).toContain(reason);
});

test("a role is missing unless the account has it on the needed place, and another role may replace it", () => {
  const given = found();
  const { needs } = soundSetUp(given);
  const [first, ...others] = needs;
  if (!first) throw new Error("The account needs no role");
  const { role, on, accountId } = first;
  const grant = { role, on, accountId };
  const rolesMissingWith = (grants: readonly object[]) => missingRoles(needs, found({ grants }));

  expect(rolesMissingWith([])).toMatchObject(needs);
  expect(rolesMissingWith([grant])).toMatchObject(others);
  expect(rolesMissingWith(needs)).toEqual([]);
  expect(rolesMissingWith([{ ...grant, accountId: "ajeother" }])).toMatchObject(needs);
  const elsewhere = { ...grant, on: { ...on, id: "elsewhere" } };
  expect(rolesMissingWith([elsewhere])[0]).toMatchObject({ role, on, instead: [elsewhere] });
});

test("all reasons are reported at once", () => {
  expect(refusalsOf({ buckets: new Map(), accounts: new Map() })).toHaveLength(2);
});

describe("a resource with the marks of a stack", () => {
  const marks = { "pulumi-project": "audit", "pulumi-stack": "dev" };
  const marked = found({
    trails: new Map([["cnpone", trail({ labels: marks })]]),
    buckets: new Map([
      ["logs-one", bucket({ tags: Object.entries(marks).map(([key, value]) => ({ key, value })) })],
    ]),
    keys: new Map([["abjone", { ...key, labels: marks }]]),
    accounts: new Map([
      ["ajeone", { folderId, name: "account", description: "Collects. Pulumi project audit, stack dev." }],
    ]),
  });

  test("is refused in another stack, by name and with the option that takes it over", () => {
    const refusals = refusalsOfOwners(marked, "audit", "prod");
    for (const part of ["trail cnpone", "bucket logs-one", "key abjone", "service account ajeone"])
      expect(refusals).toContainEqual(
        expect.stringMatching(`^${part} belongs to stack dev of project audit.*--from audit/dev$`),
      );
    expect(refusals).toHaveLength(4);
  });

  test.each([
    ["its own stack", "audit", "dev", undefined],
    ["a stack that manages it no more", "audit", "prod", "audit/dev"],
  ])("is taken over by %s", (_, project, stack, from) => {
    expect(refusalsOfOwners(marked, project, stack, from)).toEqual([]);
  });

  test("no resource without marks is refused", () => {
    expect(refusalsOfOwners(found(), "audit", "prod")).toEqual([]);
  });
});
