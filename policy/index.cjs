// By default Pulumi runs a policy pack with a TypeScript compiler that checks all types in each preview. tsx does not.
require("tsx/cjs");
require("./pack.ts");
