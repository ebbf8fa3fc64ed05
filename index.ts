import { readSettings } from "./settings/read";
import { buildStack } from "./stack";

export const { trails } = buildStack(readSettings());
