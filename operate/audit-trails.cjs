#!/usr/bin/env node
// The command of this repository itself; the npm package has it compiled.
require("../register.cjs");
require("./auditTrails.ts");
