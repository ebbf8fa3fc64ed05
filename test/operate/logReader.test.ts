import type { Resource } from "../../operate/stack/engineJson";
import { resourceTypes } from "../../operate/stack/kinds";
import { StackView } from "../../operate/stack/stackView";

test("the roles of a reader's account are checked like those of any other account", () => {
  const of = (component: string, name: string): Resource => ({
    urn: `urn:pulumi:dev::p::yandex-audit-trails:index:${component}$${resourceTypes.account}::${name}`,
    ...{ type: resourceTypes.account, id: name, inputs: {}, outputs: {}, hooks: [], inputSources: {} },
    ...{ protect: false, retainOnDelete: false },
  });
  const resources = [of("TrailServiceAccount", "trail"), of("LogReader", "reader")];
  const view = new StackView(new Map(resources.map((one) => [one.urn, one])));
  expect(view.all("account").map(({ id }) => id)).toEqual(["trail"]);
  expect(view.judged("account").map(({ id }) => id)).toEqual(["trail"]);
});
