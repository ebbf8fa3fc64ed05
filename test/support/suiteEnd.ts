export { removeSuiteFolder as default } from "./suiteFolder";
