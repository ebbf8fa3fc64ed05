// Pulumi runs a policy pack with a TypeScript compiler that checks all types anew in each preview. This one does not.
require("tsx/cjs");
require("./pack.ts");
