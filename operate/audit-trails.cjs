#!/usr/bin/env node
// Runs the command from this repository. The npm package has it compiled.
require("../register.cjs");
require("./auditTrails.ts");
