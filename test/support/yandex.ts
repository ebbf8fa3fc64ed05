import schema from "../data/schema-0.137.0.json";
import { sdkOf } from "./schemaSdk";

// What unit tests load in the place of @pulumi/yandex (moduleNameMapper in package.json): the toolchain makes that one.
module.exports = sdkOf(schema);
