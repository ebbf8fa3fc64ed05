import * as pulumi from "@pulumi/pulumi";

/** A resource as the program registered it. */
export interface Registered {
  /** Last part of the type token, such as `StorageBucket`. */
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  /** Logical name of the parent component. */
  readonly parent: string | undefined;
  readonly protect: boolean | undefined;
  readonly retainOnDelete: boolean | undefined;
  /** Inputs that stay as they are in the cloud. */
  readonly kept: readonly string[];
  /** Logical name of the resource whose deletion also deletes this one. */
  readonly deletedWith: string | undefined;
  /** Types of the resources that `dependsOn` makes it wait for, components spelled out as their children. */
  readonly waitsFor: readonly string[];
}

/** Id that the mocked provider gives to the resource of that logical name. */
export const idOf = (name: string): string => `id-of-${name}`;

/** Returns the value of an output. */
export const resolved = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => output.apply(resolve));

/**
 * Runs a program against Pulumi's mocks.
 *
 * @returns what it returned, and the provider's resources that it registered.
 * @throws what it throws.
 */
export async function register<T>(program: () => T): Promise<{ result: T; resources: Registered[] }> {
  const inputs = new Map<string, Record<string, unknown>>();
  await pulumi.runtime.setMocks({
    newResource: (args) => {
      inputs.set(args.name + args.type, args.inputs);
      const computed = { bucketDomainName: `${args.inputs.bucket}.storage.test`, status: "ACTIVE" };
      return { id: args.custom ? idOf(args.name) : "", state: { ...args.inputs, ...computed } };
    },
    call: ({ token }) => {
      throw new Error(`unexpected call of ${token}`);
    },
  });

  // Mocks get neither parent nor dependsOn; a transformation gets both.
  const seen: pulumi.ResourceTransformationArgs[] = [];
  let result!: T;
  let thrown: unknown;
  await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation((args) => {
      seen.push(args);
      return undefined;
    });
    try {
      result = program();
    } catch (error) {
      // Thrown on below: here it would end the process.
      thrown = error;
    }
  });
  await pulumi.runtime.disconnect();
  if (thrown) throw thrown;

  const typeName = (type: string) => type.split(":").at(-1) ?? type;
  const childTypes = (parent: pulumi.Resource) =>
    seen.filter(({ opts }) => opts.parent === parent).map(({ type }) => typeName(type));
  const resources = seen
    .filter(({ resource }) => pulumi.CustomResource.isInstance(resource))
    .map(({ resource, type, name, opts }) => ({
      type: typeName(type),
      name,
      inputs: inputs.get(name + type) ?? {},
      parent: seen.find(({ resource }) => resource === opts.parent)?.name,
      // The options do not have what is inherited.
      protect: (resource as unknown as { readonly __protect?: boolean }).__protect,
      retainOnDelete: opts.retainOnDelete,
      kept: opts.ignoreChanges ?? [],
      deletedWith: seen.find(({ resource }) => resource === opts.deletedWith)?.name,
      waitsFor: ((opts.dependsOn ?? []) as pulumi.Resource[]).flatMap((one) => [
        ...seen
          .filter(({ resource }) => resource === one && pulumi.CustomResource.isInstance(one))
          .map(({ type }) => typeName(type)),
        ...childTypes(one),
      ]),
    }));
  return { result, resources };
}
