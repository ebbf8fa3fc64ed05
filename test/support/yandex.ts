import { sdkOf } from "./sdk";

// What unit tests load in the place of @pulumi/yandex (moduleNameMapper in package.json).
module.exports = sdkOf("0.137.0");
