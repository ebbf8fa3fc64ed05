import type { AuditEvent } from "../../../components";
import type { Given } from "../../../operate/search/questions";

// biome-ignore lint/suspicious/noExplicitAny: wrong queries reach into anything
type Loose = any;

/** A named question, events that it must find and leave, and queries that answer it wrongly. */
export interface QuestionCase {
  readonly name: string;
  readonly given?: Partial<Given>;
  readonly finds: readonly AuditEvent[];
  readonly leaves: readonly AuditEvent[];
  /** Queries that answer wrongly: the vendor's documented one or, where that is right, the nearest that somebody may write. */
  readonly wrong: readonly Wrong[];
}

interface Wrong {
  readonly by: "vendor" | "nearest";
  readonly finds: (event: Loose) => boolean;
  readonly mistake: string;
}

const event = (type: string, others: AuditEvent = {}): AuditEvent => ({
  event_type: `yandex.cloud.audit.${type}`,
  event_status: "DONE",
  ...others,
});
const withDetails = (type: string, details: object): AuditEvent => event(type, { details: { ...details } });
const asking = (type: string, request: object): AuditEvent =>
  event(type, { request_parameters: { ...request } });
const is = ({ event_type }: Loose, ...types: string[]) =>
  types.some((type) => event_type === `yandex.cloud.audit.${type}`);

const inPath = (...path: readonly [type: string, id: string, name: string][]): AuditEvent => ({
  resource_metadata: {
    path: path.map(([resource_type, resource_id, resource_name]) => ({
      resource_type,
      resource_id,
      resource_name,
    })),
  },
});
const [folder, cloud, bucket] = ["resource-manager.folder", "resource-manager.cloud", "storage.bucket"];

const deltas = (...of: readonly (readonly [action: string, role: string])[]): object => ({
  access_binding_deltas: of.map(([action, role_id]) => ({
    action,
    access_binding: { role_id, subject_id: "a" },
  })),
});
const granting = "resourcemanager.UpdateFolderAccessBindings";

const typed = (name: string, types: readonly string[], ...vendorTypes: readonly string[]): QuestionCase => ({
  name,
  finds: types.map((type) => event(type)),
  leaves: [event("iam.CreateServiceAccount"), event(`${types[0]}More`), {}],
  wrong: [
    vendorTypes.length > 0
      ? {
          by: "vendor",
          finds: (one) => is(one, ...vendorTypes),
          mistake: `it asks for ${vendorTypes.join(" and ")} only`,
        }
      : {
          by: "nearest",
          finds: ({ event_type = "" }) =>
            types.some((type) => event_type.startsWith(`yandex.cloud.audit.${type}`)),
          mistake: "a pattern without an end takes longer types",
        },
  ],
});

const logging = { own: ["cnptrail", "audit-logs", "abjkey", "ajeaccount"], folders: ["b1gfolder"] };

export const cases: readonly QuestionCase[] = [
  {
    name: "events-of-type",
    given: { type: "iam.Create*" },
    finds: [event("iam.CreateKey"), event("iam.CreateServiceAccount")],
    leaves: [event("iam.DeleteKey"), event("kms.iam.CreateKey"), event("iam-CreateKey"), {}],
    wrong: [
      {
        by: "nearest",
        finds: ({ event_type = "" }) => /iam.Create.*/.test(event_type),
        mistake: "a regular expression takes any letter for a dot, and begins anywhere",
      },
    ],
  },
  {
    name: "by-subject",
    given: { subject: "ajeone" },
    finds: [
      { authentication: { subject_id: "ajeone" } },
      { authentication: { subject_name: "ajeone" } },
      { authentication: { subject_id: "other", token_info: { impersonator_id: "ajeone" } } },
      { authentication: { subject_id: "other", impersonator_info: { name: "ajeone" } } },
    ],
    leaves: [{ authentication: { subject_id: "ajeone2" } }, { details: { subject_id: "ajeone" } }, {}],
    wrong: [
      {
        by: "vendor",
        finds: ({ authentication }) =>
          authentication?.subject_id === "ajeone" || authentication?.subject_name === "ajeone",
        mistake: "it misses what the account did in the name of others",
      },
    ],
  },
  {
    name: "in-folder",
    given: { folder: "b1gone" },
    finds: [
      inPath(
        ["organization-manager.organization", "o", "o"],
        [cloud, "c", "c"],
        [folder, "b1gone", "logs"],
        [bucket, "b", "b"],
      ),
      inPath([folder, "b1gone", "logs"]),
      inPath([cloud, "c", "c"], [folder, "x", "b1gone"]),
    ],
    leaves: [inPath([cloud, "b1gone", "c"], [folder, "x", "y"]), {}],
    wrong: [
      {
        by: "vendor",
        finds: ({ resource_metadata: { path = [] } = {} }) =>
          [path[1], path[2]].some(
            (one: Loose) =>
              one?.resource_type === folder && [one.resource_id, one.resource_name].includes("b1gone"),
          ),
        mistake: "it reads the second and third element of the path, and no other",
      },
    ],
  },
  {
    name: "from-address",
    given: { address: "203.0.113.7" },
    finds: [{ request_metadata: { remote_address: "203.0.113.7" } }],
    leaves: [{ request_metadata: { remote_address: "203.0.113.70" } }, {}],
    wrong: [
      {
        by: "nearest",
        finds: ({ request_metadata: { remote_address = "" } = {} }) => remote_address.includes("203.0.113.7"),
        mistake: "a search for text takes longer addresses",
      },
    ],
  },
  {
    name: "denied",
    finds: [
      event("iam.CreateKey", { event_status: "ERROR", error: { code: 7 } }),
      event("iam.CreateKey", { authorization: { authorized: false } }),
    ],
    leaves: [
      event("iam.CreateKey", { event_status: "ERROR", error: { code: 5 } }),
      event("iam.CreateKey", { event_status: "DONE", error: { code: 7 } }),
      event("iam.CreateKey", { authorization: { authorized: true } }),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        // JSON_VALUE gives a text.
        finds: ({ event_status, error }) =>
          event_status === "ERROR" && (String(error?.code) as unknown) === 7,
        mistake: "it compares a text with a number",
      },
    ],
  },
  {
    name: "changes-of-logging",
    given: { logging },
    finds: [
      withDetails("audittrails.UpdateTrail", { trail_id: "cnptrail" }),
      withDetails("audittrails.DeleteTrail", { trail_id: "cnptrail" }),
      withDetails("storage.BucketPolicyUpdate", { bucket_id: "audit-logs" }),
      withDetails("storage.BucketLifecycleUpdate", { bucket_id: "audit-logs" }),
      event(
        "kms.ScheduleSymmetricKeyVersionDestruction",
        inPath([folder, "f", "f"], ["kms.symmetricKey", "abjkey", "k"]),
      ),
      withDetails("iam.DeleteServiceAccount", { service_account_id: "ajeaccount" }),
      withDetails("resourcemanager.DeleteFolder", { folder_id: "b1gfolder" }),
      withDetails("resourcemanager.UpdateFolderAccessBindings", { folder_id: "b1gfolder" }),
    ],
    leaves: [
      withDetails("audittrails.UpdateTrail", { trail_id: "cnpother" }),
      withDetails("storage.ObjectCreate", { bucket_id: "audit-logs" }),
      withDetails("storage.BucketPolicyUpdate", { bucket_id: "audit-logs-of-others" }),
      event("kms.Decrypt", inPath(["kms.symmetricKey", "abjkey", "k"])),
      withDetails("iam.UpdateServiceAccount", { service_account_id: "ajeaccount" }),
      withDetails("resourcemanager.UpdateFolder", { folder_id: "b1gfolder" }),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        finds: (one) => is(one, "storage.BucketAclUpdate", "storage.BucketPolicyUpdate"),
        mistake: "it asks for ACL and policy only, of any bucket",
      },
    ],
  },
  {
    name: "folder-deleted",
    given: { folder: "b1gone" },
    finds: [
      withDetails("resourcemanager.DeleteFolder", { folder_id: "b1gone" }),
      withDetails("resourcemanager.DeleteFolder", { folder_id: "b1gone", folder_name: "logs" }),
      withDetails("resourcemanager.DeleteFolder", { folder_id: "b1gother", folder_name: "b1gone" }),
    ],
    leaves: [
      withDetails("resourcemanager.DeleteFolder", { folder_id: "b1gother", folder_name: "logs" }),
      withDetails("resourcemanager.UpdateFolder", { folder_id: "b1gone" }),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        finds: (one) => is(one, "resourcemanager.DeleteFolder") && one.details.folder_name === "b1gone",
        mistake: "it puts the id beside folder_name",
      },
    ],
  },
  {
    name: "role-granted",
    given: { role: "admin" },
    finds: [
      withDetails(granting, deltas(["ADD", "admin"])),
      withDetails(granting, deltas(["ADD", "viewer"], ["ADD", "admin"])),
      withDetails(granting, deltas(["REMOVE", "viewer"], ["ADD", "admin"])),
      withDetails("resourcemanager.SetFolderAccessBindings", { access_bindings: [{ role_id: "admin" }] }),
    ],
    leaves: [
      withDetails(granting, deltas(["REMOVE", "admin"])),
      withDetails(granting, deltas(["REMOVE", "admin"], ["ADD", "viewer"])),
      withDetails(granting, deltas(["ADD", "k8s.admin"])),
      withDetails(granting, {}),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        // Several items are an error of JSON_VALUE, which is NULL.
        finds: ({ details: { access_binding_deltas: all = [] } = {} }) =>
          all.length === 1 && all[0].action === "ADD" && all[0].access_binding.role_id === "admin",
        mistake: "it misses grants of two roles at once",
      },
      {
        by: "vendor",
        finds: ({ details: { access_binding_deltas: all = [] } = {} }) =>
          all.some((one: Loose) => one.access_binding.role_id === "admin"),
        mistake: "it takes removals",
      },
      {
        by: "nearest",
        finds: (one) => JSON.stringify(one.details ?? {}).includes("admin"),
        mistake: "a search for text takes other roles with that word",
      },
    ],
  },
  typed("keys-created", ["iam.CreateAccessKey", "iam.CreateKey", "iam.CreateApiKey"]),
  {
    name: "key-roles",
    finds: [
      event("kms.UpdateSymmetricKeyAccessBindings"),
      event("kms.SetAsymmetricEncryptionKeyAccessBindings"),
      event("kms.SetAsymmetricSignatureKeyAccessBindings"),
    ],
    leaves: [event("kms.UpdateSymmetricKey"), event("iam.UpdateServiceAccountAccessBindings"), {}],
    wrong: [
      {
        by: "vendor",
        finds: (one) =>
          /\.kms\.(Update|Set)(SymmetricKey|AsymmetricEncryptionKey)AccessBindings$/.test(one.event_type),
        mistake: "it misses keys of signatures",
      },
    ],
  },
  typed(
    "secret-roles",
    ["lockbox.UpdateSecretAccessBindings", "lockbox.SetSecretAccessBindings"],
    "lockbox.UpdateSecretAccessBindings",
  ),
  typed("secret-read", ["lockbox.GetPayload", "lockbox.GetPayloadEx"], "lockbox.GetPayload"),
  typed(
    "credential-leaked",
    ["organizationmanager.DetectLeakedCredential", "iam.DetectLeakedCredential"],
    "organizationmanager.DetectLeakedCredential",
  ),
  ...(
    [
      ["federation-created", "CreateFederation"],
      ["federation-changed", "UpdateFederation"],
      ["federation-certificate", "CreateCertificate"],
    ] as const
  ).map(([name, verb]) =>
    typed(name, [`organizationmanager.saml.${verb}`, `iam.${verb}`], `organizationmanager.saml.${verb}`),
  ),
  {
    name: "vm-actions",
    given: { resource: "fhmone" },
    finds: [
      withDetails("compute.StopInstance", { instance_id: "fhmone" }),
      withDetails("compute.AttachInstanceDisk", { instance_id: "fhmone" }),
      withDetails("compute.UpdateInstanceMetadata", { instance_id: "fhm", instance_name: "fhmone" }),
    ],
    leaves: [
      withDetails("compute.StopInstance", { instance_id: "fhmother" }),
      withDetails("k8s.DeleteNodeGroup", { instance_id: "fhmone" }),
      withDetails("compute.instancegroup.StopInstanceGroup", { instance_group_id: "fhmone" }),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        finds: (one) =>
          one.details?.instance_id === "fhmone" &&
          /\.compute\.(Create|Update|Delete|Start|Stop|Restart)Instance$/.test(one.event_type),
        mistake: "it knows six calls of some twenty",
      },
      {
        by: "vendor",
        finds: (one) =>
          /yandex\.cloud\.audit\.compute\..*Instance/.test(one.event_type ?? "") &&
          Object.values(one.details ?? {}).includes("fhmone"),
        mistake: "its pattern for jq has no end, so it takes instance groups",
      },
    ],
  },
  typed("interface-attached", ["compute.AttachInstanceNetworkInterface"]),
  {
    name: "serial-console",
    finds: [
      withDetails("compute.UpdateInstance", { metadata_serial_port_enable: "1" }),
      withDetails("compute.CreateInstance", { metadata_serial_port_enable: 1 }),
      withDetails("compute.UpdateInstanceMetadata", { upsert_serial_port_enable: "1" }),
    ],
    leaves: [
      withDetails("compute.UpdateInstance", {}),
      withDetails("compute.UpdateInstance", { metadata_serial_port_enable: "0" }),
      withDetails("compute.DeleteInstance", { metadata_serial_port_enable: "1" }),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        finds: (one) =>
          is(one, "compute.UpdateInstance") ||
          (is(one, "compute.CreateInstance") && one.details.metadata_serial_port_enable === "1"),
        mistake: "it lacks parentheses: every UpdateInstance matches",
      },
    ],
  },
  {
    name: "imds-v1",
    finds: ["compute.CreateInstance", "compute.UpdateInstance", "compute.UpdateInstanceMetadata"].map(
      (type) => withDetails(type, { metadata_options: { aws_v1_http_token: "ENABLED" } }),
    ),
    leaves: [
      withDetails("compute.CreateInstance", { metadata_options: { aws_v1_http_token: "DISABLED" } }),
      withDetails("compute.CreateInstance", {}),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        finds: (one) =>
          is(one, "compute.CreateInstance", "compute.UpdateInstance") &&
          one.details.metadata_options?.aws_v1_http_token === "ENABLED",
        mistake: "it misses changes of the metadata alone",
      },
      {
        by: "nearest",
        finds: (one) => one.details?.metadata_options?.aws_v1_http_token !== undefined,
        mistake: "DISABLED exists too",
      },
    ],
  },
  typed(
    "public-address",
    ["network.AddressAttached", "compute.AddInstanceOneToOneNat"],
    "network.AddressAttached",
  ),
  typed(
    "security-group-changed",
    ["network.CreateSecurityGroup", "network.UpdateSecurityGroup", "network.DeleteSecurityGroup"],
    "compute.CreateInstance",
    "compute.UpdateInstance",
  ),
  typed(
    "bucket-policy-changed",
    ["storage.BucketPolicyUpdate", "storage.BucketAclUpdate"],
    "storage.BucketPolicyUpdate",
  ),
  {
    name: "bucket-public",
    finds: [
      withDetails("storage.BucketUpdate", { objects_access: true }),
      withDetails("storage.BucketUpdate", { list_access: "true" }),
      withDetails("storage.BucketCreate", { settings_read_access: true }),
    ],
    leaves: [
      withDetails("storage.BucketUpdate", { objects_access: false, list_access: "false" }),
      withDetails("storage.ObjectCreate", { objects_access: true }),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        finds: (one) =>
          is(one, "storage.BucketUpdate") &&
          ["objects_access", "settings_read_access", "list_access"].some(
            (name) => one.details[name] === "true",
          ),
        mistake: "it misses buckets that are created, and compares a truth value with a text",
      },
    ],
  },
  {
    name: "database-user",
    finds: ["postgresql", "mysql", "clickhouse", "mongodb"].map((engine) =>
      event(`mdb.${engine}.CreateUser`),
    ),
    leaves: [event("mdb.mysql.DeleteUser"), event("mdb.mysql.CreateUserGroup"), event("iam.CreateUser"), {}],
    wrong: [
      {
        by: "vendor",
        finds: (one) => /\.mdb\.(postgresql|mysql)\.(Create|Update)User$/.test(one.event_type),
        mistake: "it knows two engines",
      },
    ],
  },
  {
    name: "image-vulnerable",
    finds: [
      withDetails("containerregistry.ScanImage", { vulnerability_stats: { critical: "12" } }),
      withDetails("containerregistry.ScanImage", { vulnerability_stats: { critical: 1 } }),
    ],
    leaves: [
      withDetails("containerregistry.ScanImage", { vulnerability_stats: { critical: 0 } }),
      withDetails("containerregistry.ScanImage", { vulnerability_stats: { high: "3" } }),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        finds: (one) =>
          typeof one.details?.vulnerability_stats?.critical === "number" &&
          one.details.vulnerability_stats.critical > 0,
        mistake: "protobuf writes 64-bit integers as texts",
      },
    ],
  },
  {
    name: "k8s-public-master",
    finds: [
      asking("k8s.CreateCluster", {
        master_spec: { zonal_master_spec: { external_v4_address_spec: { address: "1.2.3.4" } } },
      }),
      asking("k8s.CreateCluster", { master_spec: { zonal_master_spec: { external_v4_address_spec: {} } } }),
      asking("k8s.CreateCluster", {
        master_spec: { regional_master_spec: { external_v4_address_spec: { address: "1.2.3.4" } } },
      }),
      asking("k8s.CreateCluster", { master_spec: { external_v6_address_spec: {} } }),
    ],
    leaves: [
      asking("k8s.CreateCluster", { master_spec: { zonal_master_spec: { zone_id: "a" } } }),
      event("k8s.CreateCluster"),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        finds: (one) =>
          one.request_parameters?.master_spec?.zonal_master_spec?.external_v4_address_spec?.address !==
          undefined,
        mistake: "it misses regional masters, and addresses that the service chooses",
      },
    ],
  },
  {
    name: "k8s-no-security-group",
    finds: [
      asking("k8s.CreateCluster", { master_spec: {} }),
      asking("k8s.CreateCluster", { master_spec: { security_group_ids: [] } }),
      asking("k8s.UpdateCluster", { update_mask: "masterSpec.securityGroupIds" }),
      asking("k8s.UpdateCluster", {
        update_mask: { paths: ["name", "master_spec.security_group_ids"] },
        master_spec: {},
      }),
    ],
    leaves: [
      asking("k8s.CreateCluster", { master_spec: { security_group_ids: ["enp"] } }),
      asking("k8s.UpdateCluster", { update_mask: "name", name: "x" }),
      asking("k8s.UpdateCluster", {
        update_mask: "masterSpec.securityGroupIds",
        master_spec: { security_group_ids: ["enp"] },
      }),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        finds: (one) =>
          is(one, "k8s.CreateCluster", "k8s.UpdateCluster") &&
          one.request_parameters?.master_spec?.security_group_ids === undefined,
        mistake: "every update of something else matches, and an empty list does not",
      },
    ],
  },
  {
    name: "k8s-no-auto-upgrade",
    finds: [
      asking("k8s.CreateCluster", { master_spec: {} }),
      asking("k8s.CreateCluster", { master_spec: { maintenance_policy: { auto_upgrade: false } } }),
      asking("k8s.UpdateCluster", { master_spec: { maintenance_policy: { auto_upgrade: false } } }),
    ],
    leaves: [
      asking("k8s.CreateCluster", { master_spec: { maintenance_policy: { auto_upgrade: true } } }),
      asking("k8s.UpdateCluster", { name: "x" }),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        finds: (one) =>
          is(one, "k8s.CreateCluster", "k8s.UpdateCluster") &&
          one.request_parameters?.master_spec?.maintenance_policy?.auto_upgrade === undefined,
        mistake: "auto_upgrade: false exists too",
      },
    ],
  },
  {
    name: "k8s-no-etcd-encryption",
    finds: [asking("k8s.CreateCluster", {}), asking("k8s.CreateCluster", { kms_provider: { key_id: "" } })],
    leaves: [
      asking("k8s.CreateCluster", { kms_provider: { key_id: "abj" } }),
      event("k8s.UpdateCluster"),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        finds: (one) =>
          is(one, "k8s.CreateCluster") && one.request_parameters?.kms_provider?.key_id === undefined,
        mistake: "an empty id exists too",
      },
    ],
  },
  {
    name: "k8s-no-network-policy",
    finds: [asking("k8s.CreateCluster", {})],
    leaves: [
      asking("k8s.CreateCluster", { network_policy: { provider: "CALICO" } }),
      asking("k8s.CreateCluster", { cilium: { routing_mode: "TUNNEL" } }),
      asking("k8s.CreateCluster", { cilium: {} }),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        finds: (one) =>
          is(one, "k8s.CreateCluster") && one.request_parameters?.network_policy?.provider === undefined,
        mistake: "it takes clusters with Cilium",
      },
    ],
  },
  {
    name: "k8s-public-nodes",
    finds: [
      asking("k8s.CreateNodeGroup", {
        node_template: { v4_address_spec: { one_to_one_nat_spec: { ip_version: "IPV4" } } },
      }),
      asking("k8s.UpdateNodeGroup", { node_template: { v4_address_spec: { one_to_one_nat_spec: {} } } }),
      asking("k8s.CreateNodeGroup", {
        node_template: {
          network_interface_specs: [{}, { primary_v4_address_spec: { one_to_one_nat_spec: {} } }],
        },
      }),
    ],
    leaves: [
      asking("k8s.CreateNodeGroup", {
        node_template: { network_interface_specs: [{ primary_v4_address_spec: {} }] },
      }),
      event("k8s.UpdateNodeGroup"),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        finds: (one) =>
          is(one, "k8s.CreateNodeGroup") &&
          one.request_parameters?.node_template?.v4_address_spec?.one_to_one_nat_spec !== undefined,
        mistake: "it names CreateNodeGroup twice, and misses interfaces of newer calls",
      },
    ],
  },
  {
    name: "k8s-nodes-no-auto-upgrade",
    finds: [
      asking("k8s.CreateNodeGroup", {}),
      asking("k8s.UpdateNodeGroup", { maintenance_policy: { auto_upgrade: false } }),
      asking("k8s.UpdateNodeGroup", { update_mask: "maintenancePolicy.autoUpgrade" }),
    ],
    leaves: [
      asking("k8s.CreateNodeGroup", { maintenance_policy: { auto_upgrade: true } }),
      asking("k8s.UpdateNodeGroup", { update_mask: "labels" }),
      {},
    ],
    wrong: [
      {
        by: "vendor",
        finds: (one) =>
          is(one, "k8s.CreateNodeGroup", "k8s.UpdateNodeGroup") &&
          one.request_parameters?.maintenance_policy?.auto_upgrade === undefined,
        mistake: "auto_upgrade: false exists too, and every update of something else matches",
      },
    ],
  },
];
