import * as pulumi from "@pulumi/pulumi";
import { readCircumstances } from "./circumstances";
import { explainFailure, type Failure, type Retry } from "./failures";
import { isMocked, programContext } from "./program";

/**
 * Returns hooks that print {@link explainFailure} below the engine's own message when an operation on a child of the
 * component fails.
 *
 * A plain `pulumi destroy` runs no program, so the engine cannot call the hook. It prints the name of the hook instead
 * of the failure. Therefore the name contains the advice.
 *
 * @param component Resource whose provider is used for checks in the cloud.
 * @param className Class of the component. Class and component name make the hook's name unique in the stack.
 * @param retry Function that may retry the operation. It is called before the explanation.
 */
export function explainFailures(
  component: pulumi.ComponentResource,
  className: string,
  name: string,
  retry?: Retry,
): pulumi.ResourceHookBinding {
  if (isMocked()) return {};
  const inProgram = programContext();
  const hook = new pulumi.ErrorHook(
    `${className} ${name} (to see its failure: pulumi destroy --run-program)`,
    (args) =>
      inProgram(async () => {
        const failure: Failure = {
          type: args.type,
          name: args.name,
          operation: args.failedOperation as Failure["operation"],
          inputs: args.newInputs ?? args.oldInputs ?? {},
          error: args.errors[0] ?? "",
        };
        const circumstances = await readCircumstances(component, failure, args.urn);
        if (await retry?.(failure, circumstances)) return true;
        const explanation = explainFailure(failure, circumstances);
        if (explanation) await pulumi.log.error(explanation);
        return false;
      }),
  );
  return { onError: [hook] };
}
