import fc from "fast-check";
import type { Emulator } from "../../../emulator";
import { permissionsOf, roleIds } from "../../../emulator/backend/iam/roles";
import { connectionTo } from "../../support/connection";
import { allowListing, resultFor, start, takeBack, testProblems } from "./setUp";

const folderRoles = [
  "audit-trails.editor",
  "iam.serviceAccounts.user",
  "storage.admin",
  "kms.admin",
  "iam.serviceAccounts.admin",
  "resource-manager.admin",
];

testProblems([
  ...folderRoles.map((role) => ({
    what: `the deployer lacks ${role} on the folder`,
    breaks: (emulator: Emulator) => {
      allowListing(emulator);
      takeBack(emulator, role);
      // It may include the other; the documents do not say so.
      if (role === "iam.serviceAccounts.user") takeBack(emulator, "iam.serviceAccounts.admin");
    },
    lines: [
      new RegExp(
        `^  problem +role ${role} on folder (\\S+): userAccount:\\S+ has it neither there nor on a container around it\\.\\n` +
          ` +\\$ yc resource-manager folder add-access-binding --id \\1 --role ${role} --subject userAccount:\\S+$`,
        "m",
      ),
    ],
  })),
  ...["audit-trails.viewer", "organization-manager.admin"].map((role) => ({
    what: `the deployer lacks ${role} on the organization`,
    breaks: (emulator: Emulator) => {
      allowListing(emulator);
      takeBack(emulator, role);
    },
    lines: [
      new RegExp(
        `^  problem +role ${role} on organization .*\\n +\\$ yc organization-manager organization add-access-binding --id \\S+ --role ${role} `,
        "m",
      ),
    ],
  })),
  {
    what: "the deployer may not even list the roles of the organization",
    breaks: (emulator) => takeBack(emulator, "organization-manager.admin"),
    lines: [/^ {2}problem +role organization-manager\.admin on organization \S+: The role allows to list/m],
  },
]);

test("a role on the cloud covers its folders, and the report names the cloud", async () => {
  await using emulator = await start();
  const { access, cloudId, deployer } = emulator.cloud;
  takeBack(emulator, "storage.admin");
  access.add(cloudId, { roleId: "storage.admin", subject: deployer });
  const { text, exitCode } = await resultFor(emulator);
  expect(text).toMatch(/ok +role storage\.admin on folder \S+: By storage\.admin on cloud \S+\./);
  expect(exitCode).toBe(0);
});

test("a role that a group may give is unknown", async () => {
  await using emulator = await start();
  const { access, folderId, groups, deployer } = emulator.cloud;
  allowListing(emulator);
  takeBack(emulator, "storage.admin");
  groups.put("ajegroup", [deployer]);
  access.add(folderId, { roleId: "storage.admin", subject: { type: "group", id: "ajegroup" } });
  const { text, exitCode } = await resultFor(emulator);
  expect(text).toMatch(
    /unknown +role storage\.admin on folder \S+, role storage\.uploader on folder \S+: group ajegroup has storage\.admin on folder \S+, and its members are unknown here\.\n +\$ yc organization-manager group list-members --id ajegroup$/m,
  );
  expect(exitCode).toBe(2);
});

test("a role that an unreadable parent may give is unknown, neither missing nor held", async () => {
  await using emulator = await start();
  const { access, cloudId, deployer } = emulator.cloud;
  access.remove(cloudId, { roleId: "viewer", subject: deployer });
  takeBack(emulator, "kms.admin");
  const { text, exitCode } = await resultFor(emulator);
  // Six questions, one cause, one command.
  expect(text.match(/^ {2}unknown .*/gm)).toEqual([
    expect.stringMatching(
      /organization \S+ of folder .*, role kms\.admin on .*, service account name .*, room for 1 more trail, .*: No permission to read cloud \S+: that needs role viewer on it\.$/,
    ),
  ]);
  expect(text.match(/^ +\$ .*/gm)).toEqual([
    expect.stringMatching(/yc resource-manager cloud add-access-binding --id \S+ --role viewer --subject /),
  ]);
  access.add(cloudId, { roleId: "viewer", subject: deployer });
  expect((await resultFor(emulator)).text).toMatch(/problem +role kms\.admin on folder /);
  expect(exitCode).toBe(2);
});

test("if the service reports unreadable resources as missing, the result is unknown", async () => {
  await using emulator = await start({ switches: { unreadable: "not-found" } });
  const { access, cloudId, deployer } = emulator.cloud;
  access.remove(cloudId, { roleId: "viewer", subject: deployer });
  const { text, exitCode } = await resultFor(emulator);
  for (const about of [
    "organization \\S+ of folder \\S+",
    "service account name \\S+",
    "room for 1 more trail",
  ])
    expect(text).toMatch(new RegExp(`^ {2}unknown +${about}`, "m"));
  expect(exitCode).toBe(2);
});

test("the report of roles never contradicts the cloud, for any roles", async () => {
  await using emulator = await start();
  const { cloud } = emulator;
  const { access, deployer, groups, organizationId, cloudId, folderId } = cloud;
  groups.put("ajemine", [deployer]);
  groups.put("ajeothers", [{ type: "userAccount", id: "ajeother" }]);
  const places = [organizationId, cloudId, folderId];
  const subjects = [
    deployer,
    { type: "group", id: "ajemine" },
    { type: "group", id: "ajeothers" },
    { type: "system", id: "allAuthenticatedUsers" },
    { type: "userAccount", id: "ajeother" },
  ];
  const bindings = fc.array(
    fc.record({
      place: fc.constantFrom(...places),
      roleId: fc.constantFrom(...roleIds),
      subject: fc.constantFrom(...subjects),
    }),
    { maxLength: 12 },
  );
  const connection = connectionTo(emulator);
  const answers = new Set<string>();
  await fc.assert(
    fc.asyncProperty(bindings, async (granted) => {
      for (const place of places) for (const one of access.list(place)) access.remove(place, one);
      for (const { place, ...binding } of granted) access.add(place, binding);
      const { text } = await resultFor(emulator, {}, connection);
      for (const [, answer = "", role = "", on = ""] of text.matchAll(
        /^ {2}(ok|problem) +role (\S+) on \w+ (\w+)/gm,
      )) {
        const isHeld = [...(permissionsOf(role) ?? [])].every((one) => access.isAllowed(deployer, one, on));
        expect([answer, role, on]).toEqual([isHeld ? "ok" : "problem", role, on]);
        answers.add(answer);
      }
    }),
    { numRuns: 40 },
  );
  expect([...answers].sort()).toEqual(["ok", "problem"]);
});

test("for a deployer who may read nothing, each place is named once, with the one role that reads it", async () => {
  await using emulator = await start();
  const { organizationId, folderId } = emulator.cloud;
  const nobody = { type: "userAccount", id: "ajenobody" };
  const connection = { ...connectionTo(emulator), token: emulator.issueToken(nobody) };
  const { text, exitCode } = await resultFor(emulator, {}, connection, nobody);
  for (const [place, role] of [
    [`folder ${folderId}`, "resource-manager.viewer"],
    [`organization ${organizationId}`, "organization-manager.viewer"],
  ])
    expect(
      text.match(new RegExp(`No permission to read ${place}: that needs role ${role} on it\\.`, "g")),
    ).toHaveLength(1);
  const commands = text.match(/^ +\$ .*/gm) ?? [];
  expect(commands).toEqual([...new Set(commands)]);
  expect(exitCode).toBe(1);
});
