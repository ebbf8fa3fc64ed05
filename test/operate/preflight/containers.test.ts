import { Api } from "../../support/api";
import { testProblems } from "./setUp";

testProblems([
  {
    what: "there is no such organization",
    ids: () => ({ organizationId: "bpfnosuchorganization" }),
    lines: [
      /^ {2}problem +organization bpfnosuchorganization: It does not exist at localhost:\d+, or may not be read\. Correct the id, or YC_ENDPOINT/m,
      /^ {2}problem +organization bpfnosuchorganization of folder \S+: It is in organization (\S+)\. .*\n +\$ pulumi config set organizationId \1$/m,
    ],
  },
  {
    what: "there is no such folder",
    ids: () => ({ folderId: "b1gnosuchfolder" }),
    lines: [
      /^ {2}problem +folder b1gnosuchfolder: It does not exist at /m,
      // One cause, and no command that grants what may be there.
      /^ {2}unknown +organization \S+ of folder b1gnosuchfolder, (role [\w.-]+ on folder b1gnosuchfolder, ){4}.*, trail name .*: Not checked: folder b1gnosuchfolder does not exist, or may not be read\.\n(?! +\$)/m,
    ],
  },
  {
    what: "the folder is about to be deleted",
    breaks: async (emulator) => {
      using api = new Api(emulator);
      await api.call("folders", "delete", { folderId: emulator.cloud.folderId });
    },
    lines: [
      /^ {2}problem +folder (\S+): It is PENDING_DELETION.*\n +\$ yc resource-manager folder list-operations --id \1$/m,
    ],
  },
]);
