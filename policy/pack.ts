import { PolicyPack } from "@pulumi/policy";
import { name } from "./package.json";
import { policyOf } from "./rule";
import { rules } from "./rules";

new PolicyPack(name, { policies: rules.map(policyOf) });
