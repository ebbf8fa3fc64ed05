import { accountsOf, isPrimitive, needed } from "../accountNeeds";
import { grantsOf, isTo, nameOfAccount } from "../grants";
import { primitiveRoles } from "../roles";
import type { Rule } from "../rule";
import { show } from "../values";

export const noPrimitiveRoles: Rule = {
  name: "no-primitive-roles",
  description: `The service account of a trail has none of the roles ${primitiveRoles.join(", ")}.`,
  level: "mandatory",
  check: (stack) =>
    accountsOf(stack).flatMap(([account]) =>
      grantsOf(stack)
        .filter((grant) => isPrimitive(grant) && isTo(stack, grant, account) === "yes")
        .map(({ resource, role, place }) => ({
          resource,
          names: [nameOfAccount(account)],
          message:
            `"${resource.name}" grants the trail's account "${nameOfAccount(account)}" the role ${show(role)} on the ${place}, which ` +
            `allows much more than the delivery of logs. Remove it; ${needed}.`,
        })),
    ),
};
