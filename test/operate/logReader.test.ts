import type { Resource } from "../../operate/engine/json";
import { resourceTypes, World } from "../../operate/engine/world";

test("the account of a reader is no trail's: what it may is judged as what anybody else may", () => {
  const of = (component: string, name: string): Resource => ({
    urn: `urn:pulumi:dev::p::yandex-audit-trails:index:${component}$${resourceTypes.account}::${name}`,
    ...{ type: resourceTypes.account, id: name, inputs: {}, outputs: {}, hooks: [], inputSources: {} },
    ...{ protect: false, retainOnDelete: false },
  });
  const resources = [of("TrailServiceAccount", "trail"), of("LogReader", "reader")];
  const world = new World(new Map(resources.map((one) => [one.urn, one])));
  expect(world.all("account").map(({ id }) => id)).toEqual(["trail"]);
  expect(world.judged("account").map(({ id }) => id)).toEqual(["trail"]);
});
