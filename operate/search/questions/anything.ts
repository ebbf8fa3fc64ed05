import { knownDataEvents } from "../../../components/dataEvents";
import { and, any, compare, like, not, oneOf, or } from "../conditions";
import { type Given, type NamedQuestion, names, type, typePattern } from "./question";

/** Returns the condition that an account with a given id or name acted, or was the impersonator. */
export const bySubject = (subject: string) =>
  names(subject, "subject_id", "subject_name", "impersonator_id", "impersonator_name");

/** Returns the condition that the path has an element with a given id or name. */
export const onResource = (resource: string) => any("path", names(resource, "resource_id", "resource_name"));

/** Returns the condition that the resource is in a folder with a given id or name. */
export const inFolder = (folder: string) =>
  any(
    "path",
    and(oneOf("resource_type", "resource-manager.folder"), names(folder, "resource_id", "resource_name")),
  );

/** Condition that a call was refused for lack of permissions. `error.code` is a number: https://grpc.io/docs/guides/status-codes */
export const isDenied = or(
  and(oneOf("event_status", "ERROR"), compare("error_code", "=", 7)),
  oneOf("authorized", "false"),
);

const services = ["audittrails", "storage", "kms", "iam"];

/** Condition on everyday use of keys, objects and accounts, which changes nothing. */
const uses = or(
  ...services.flatMap((service) => knownDataEvents.get(service) ?? []).map((one) => like("event_type", one)),
  // The command verify calls it to cause an event; it changes nothing.
  type("iam.UpdateServiceAccount"),
);

/** Members of `details` with the ids of the resources that logging needs. */
const idMembers = ["trail_id", "bucket_id", "key_id", "symmetric_key_id", "service_account_id"];

const concerns = (ids: readonly string[], ...members: readonly string[]) =>
  or(
    any("path", oneOf("resource_id", ...ids)),
    ...members.map((member) => oneOf(`details.${member}`, ...ids)),
  );

const changesOfLogging = ({ logging: { own, folders } }: Given) =>
  or(
    and(
      or(...services.map((service) => like("event_type", typePattern(`${service}.*`)))),
      concerns(own, ...idMembers),
      not(uses),
    ),
    and(
      or(
        type("resourcemanager.DeleteFolder"),
        like("event_type", typePattern("resourcemanager.*FolderAccessBindings")),
      ),
      concerns(folders, "folder_id"),
    ),
  );

/** Questions about any service. */
export const questions: readonly NamedQuestion[] = [
  {
    name: "events-of-type",
    meaning: "Events of a type, in which * matches any text.",
    hasFailed: true,
    options: { type: "needed" },
    condition: ({ type: pattern = "*" }) => like("event_type", typePattern(pattern)),
  },
  {
    name: "by-subject",
    meaning: "Everything that an account did, by id or name, also in the name of others.",
    hasFailed: true,
    options: { subject: "needed" },
    condition: ({ subject = "" }) => bySubject(subject),
    columns: ["impersonator_id"],
  },
  {
    name: "in-folder",
    meaning: "Everything in a folder, by id or name.",
    hasFailed: true,
    options: { folder: "needed" },
    condition: ({ folder = "" }) => inFolder(folder),
  },
  {
    name: "from-address",
    meaning: "Everything from an address; cloud.yandex is Yandex Cloud itself.",
    hasFailed: true,
    options: { address: "needed" },
    condition: ({ address = "" }) => like("remote_address", address),
    columns: ["user_agent"],
  },
  {
    name: "denied",
    meaning: "Calls that were refused for lack of permissions.",
    hasFailed: true,
    condition: () => isDenied,
    columns: ["error_message"],
  },
  {
    name: "changes-of-logging",
    meaning: "Changes of the trail, its bucket, key, account and folders, and of who may use them.",
    hasFailed: true,
    condition: changesOfLogging,
  },
  {
    name: "folder-deleted",
    meaning: "A folder was deleted; with --folder, the one with this id or name.",
    options: { folder: "optional" },
    condition: ({ folder }) =>
      and(type("resourcemanager.DeleteFolder"), names(folder, "details.folder_id", "details.folder_name")),
    columns: ["details.folder_id", "details.folder_name"],
  },
];
