import { and, compare, isTrue, like, oneOf, or } from "../conditions";
import { type NamedQuestion, names, type, typePattern } from "./question";

const instance = ["details.instance_id", "details.instance_name"];

/** Condition on calls that create a virtual machine or change its metadata: https://yandex.cloud/en/docs/audit-trails/concepts/events#compute */
const setsMetadata = type(
  "compute.CreateInstance",
  "compute.UpdateInstance",
  "compute.UpdateInstanceMetadata",
);

/** Questions about machines, networks, buckets and databases. */
export const questions: readonly NamedQuestion[] = [
  {
    name: "vm-actions",
    meaning: "Everything done with a virtual machine, by its id or name.",
    hasFailed: true,
    options: { resource: "needed" },
    // Events of instance groups name no instance, so they do not match.
    condition: ({ resource }) =>
      and(like("event_type", typePattern("compute.*")), names(resource, ...instance)),
    columns: instance,
  },
  {
    name: "interface-attached",
    meaning: "A network interface was attached to a virtual machine.",
    condition: () => type("compute.AttachInstanceNetworkInterface"),
    columns: instance,
  },
  {
    name: "serial-console",
    meaning: "A virtual machine was created or changed so that its serial console is open.",
    condition: () =>
      and(
        setsMetadata,
        or(
          ...["metadata_serial_port_enable", "upsert_serial_port_enable"].map((member) =>
            oneOf(`details.${member}`, "1", "true"),
          ),
        ),
      ),
    columns: instance,
  },
  {
    name: "imds-v1",
    meaning: "A virtual machine was created or changed so that it gives tokens by AWS IMDSv1.",
    condition: () => and(setsMetadata, oneOf("details.metadata_options.aws_v1_http_token", "ENABLED")),
    columns: instance,
  },
  {
    name: "public-address",
    meaning: "A public address was attached to a resource.",
    condition: () => type("network.AddressAttached", "compute.AddInstanceOneToOneNat"),
    columns: ["resource_name", "details"],
  },
  {
    name: "security-group-changed",
    meaning: "A security group was created, changed or deleted.",
    condition: () =>
      type("network.CreateSecurityGroup", "network.UpdateSecurityGroup", "network.DeleteSecurityGroup"),
    columns: ["details.security_group_id", "details.security_group_name"],
  },
  {
    name: "bucket-policy-changed",
    meaning: "The policy or the ACL of a bucket was changed.",
    condition: () => type("storage.BucketPolicyUpdate", "storage.BucketAclUpdate"),
    columns: ["details.bucket_id"],
  },
  {
    name: "bucket-public",
    meaning:
      "A bucket was created or changed so that anybody may read its objects, their list or its settings.",
    condition: () =>
      and(
        type("storage.BucketCreate", "storage.BucketUpdate"),
        or(
          ...["objects_access", "settings_read_access", "list_access"].map((member) =>
            isTrue(`details.${member}`),
          ),
        ),
      ),
    columns: ["details.bucket_id"],
  },
  {
    name: "database-user",
    meaning: "A user of a managed database of any engine was created or changed.",
    condition: () =>
      or(...["Create", "Update"].map((verb) => like("event_type", typePattern(`mdb.*.${verb}User`)))),
    columns: ["details.cluster_id", "details.user_name"],
  },
  {
    name: "image-vulnerable",
    meaning: "A scan found critical vulnerabilities in a container image.",
    condition: () =>
      and(type("containerregistry.ScanImage"), compare("details.vulnerability_stats.critical", ">", 0)),
    columns: ["details.image_id", "details.vulnerability_stats.critical"],
  },
];
