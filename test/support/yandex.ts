import schema from "../data/schema-0.137.0.json";
import { sdkOf } from "./schemaSdk";

// What unit tests load instead of @pulumi/yandex (moduleNameMapper in package.json), which the toolchain makes.
module.exports = sdkOf(schema);
