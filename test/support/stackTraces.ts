import { runInThisContext } from "node:vm";

/** The one of Jest itself, which finds the lines of the sources. Tests have an `Error` of their own. */
const jestsError: ErrorConstructor = runInThisContext("Error");

/**
 * Packages read the stack to learn who called them: Pulumi's SDK for each resource, agents for proxies for each request. They
 * need no lines of the sources, and finding these takes half of the time of some tests.
 */
Error.prepareStackTrace = (error, trace) => {
  const isForPackage = error.message === "" && trace[0]?.getFileName()?.includes("/node_modules/");
  return isForPackage || !jestsError.prepareStackTrace
    ? [error, ...trace].join("\n    at ")
    : jestsError.prepareStackTrace(error, trace);
};
