import * as pulumi from "@pulumi/pulumi";
import { AuditTrails } from "../../../components";
import { idOf, register, resolved } from "../../support/mocks";

const ids = { organizationId: "bpforganization", folderId: "b1gfolder", bucketName: "audit-logs" };

test("labels, size, names of rows and whole lists may come late", async () => {
  const late = <T>(value: T) => pulumi.output(Promise.resolve(value));
  const { resources } = await register(
    () =>
      new AuditTrails("audit", {
        ...ids,
        labels: late({ team: "security" }),
        maxSizeGiB: late(5),
        access: { administrators: late(["ajeadmin"]), readers: late(["ajereader"]) },
        trails: { organization: { name: late("all"), labels: late({ scope: late("all") }) } },
      }),
  );
  const inputsOf = (type: string) => resources.find((resource) => resource.type === type)?.inputs;
  expect(inputsOf("StorageBucket")).toMatchObject({ maxSize: 5 * 2 ** 30, tags: { team: "security" } });
  expect(inputsOf("AuditTrailsTrail")).toMatchObject({
    name: "all",
    labels: { team: "security", scope: "all" },
  });
  const policy = JSON.stringify(resources.map(({ inputs }) => inputs.policy));
  for (const id of ["ajeadmin", "ajereader"]) expect(policy).toContain(id);
});

test("the result has outputs for the literal keys of the trails, by its type", async () => {
  const { result } = await register(() => {
    const alone = new AuditTrails("alone", ids);
    const two = new AuditTrails("two", {
      ...ids,
      bucketName: "more-logs",
      trails: { all: {}, secrets: { objectPrefix: "secrets" } },
    });
    // @ts-expect-error There is no such trail: its outputs may be undefined.
    const missing = () => two.trails.payments.trailId;
    expect(missing).toThrow();
    return { alone: alone.trails.organization.trailId, secrets: two.trails.secrets.trailId };
  });
  expect(await resolved(result.alone)).toBe(idOf("alone-organization"));
  expect(await resolved(result.secrets)).toBe(idOf("two-secrets"));
});
