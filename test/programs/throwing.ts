import * as pulumi from "@pulumi/pulumi";

/** Gone once the program is compiled, so that what comes after it stands elsewhere then. */
interface Thing {
  readonly name: string;
}

const fail = ({ name }: Thing): never => {
  throw new Error(`There is no ${name}`);
};

pulumi.output("thing").apply((name) => fail({ name }));
