import { readSettings } from "./config";
import { buildStack } from "./stack";

export const { trails } = buildStack(readSettings());
