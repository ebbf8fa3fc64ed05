import { always, and, any, type Condition, exists, isTrue, like, not, or } from "../conditions";
import { type NamedQuestion, type } from "./question";

const request = "request_parameters";
const master = `${request}.master_spec`;

const creates = type("k8s.CreateCluster");
const updates = type("k8s.UpdateCluster");

/** Members that hold the addresses of a master: one for each kind of master in older calls, the master itself in newer ones. */
const masters = [`${master}.zonal_master_spec`, `${master}.regional_master_spec`, master];
const addresses = ["external_v4_address_spec", "external_v6_address_spec"];

/**
 * Returns the condition that an update sets a member: its mask names the member. In the JSON of protobuf, a mask is a text of names in
 * camel case. Some records have it as a list of paths instead: https://protobuf.dev/programming-guides/json
 */
function updateOf(snake: string): Condition {
  const camel = snake.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const named = (field: string) => or(like(field, `*${snake}*`), like(field, `*${camel}*`));
  return or(named(`${request}.update_mask`), any(`${request}.update_mask.paths`, named("")));
}

const isSet = (field: string, member: string) => or(exists(field), updateOf(member));

const autoUpgrade = `${master}.maintenance_policy.auto_upgrade`;
const nodesAutoUpgrade = `${request}.maintenance_policy.auto_upgrade`;
const securityGroups = `${master}.security_group_ids`;

const cluster = ["details.cluster_id", "details.cluster_name"];
const nodeGroup = ["details.node_group_id", "details.node_group_name"];

/** Questions about Kubernetes: https://yandex.cloud/en/docs/managed-kubernetes/api-ref/Cluster/create */
export const questions: readonly NamedQuestion[] = [
  {
    name: "k8s-public-master",
    meaning: "A cluster was created whose master has a public address, zonal or regional.",
    // The request has no address if the service chooses it, so this checks for the specification.
    condition: () =>
      and(creates, or(...masters.flatMap((spec) => addresses.map((member) => exists(`${spec}.${member}`))))),
    columns: cluster,
  },
  {
    name: "k8s-no-security-group",
    meaning:
      "A cluster was created without a security group of its master, or an update removed the last one.",
    condition: () =>
      and(
        or(creates, and(updates, isSet(securityGroups, "security_group_ids"))),
        not(any(securityGroups, always)),
      ),
    columns: cluster,
  },
  {
    name: "k8s-no-auto-upgrade",
    meaning: "A cluster was created without automatic updates of its master, or an update turned them off.",
    condition: () =>
      and(or(creates, and(updates, isSet(autoUpgrade, "auto_upgrade"))), not(isTrue(autoUpgrade))),
    columns: cluster,
  },
  {
    name: "k8s-no-etcd-encryption",
    meaning: "A cluster was created whose secrets no KMS key encrypts.",
    condition: () => and(creates, not(exists(`${request}.kms_provider.key_id`))),
    columns: cluster,
  },
  {
    name: "k8s-no-network-policy",
    meaning: "A cluster was created without network policies: neither Calico nor Cilium.",
    condition: () =>
      and(creates, not(exists(`${request}.network_policy.provider`)), not(exists(`${request}.cilium`))),
    columns: cluster,
  },
  {
    name: "k8s-public-nodes",
    meaning: "A node group was created or changed so that its nodes have public addresses.",
    condition: () =>
      and(
        type("k8s.CreateNodeGroup", "k8s.UpdateNodeGroup"),
        or(
          exists(`${request}.node_template.v4_address_spec.one_to_one_nat_spec`),
          any(
            `${request}.node_template.network_interface_specs`,
            or(
              exists("primary_v4_address_spec.one_to_one_nat_spec"),
              exists("primary_v6_address_spec.one_to_one_nat_spec"),
            ),
          ),
        ),
      ),
    columns: nodeGroup,
  },
  {
    name: "k8s-nodes-no-auto-upgrade",
    meaning: "A node group was created without automatic updates, or an update turned them off.",
    condition: () =>
      and(
        or(
          type("k8s.CreateNodeGroup"),
          and(type("k8s.UpdateNodeGroup"), isSet(nodesAutoUpgrade, "auto_upgrade")),
        ),
        not(isTrue(nodesAutoUpgrade)),
      ),
    columns: nodeGroup,
  },
];
