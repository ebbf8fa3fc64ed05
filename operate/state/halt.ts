import { exitCodes } from "../exitCodes";
import { UnreadableError } from "../stack/engineJson";

/** Reason why a command stopped; the message is for people. */
export class Halt extends Error {
  override readonly name = "Halt";
  constructor(
    message: string,
    readonly exitCode: number = exitCodes.unknown,
  ) {
    super(message);
  }
}

/** Returns the reason why a command stopped. @throws the given error if it is of another kind. */
export function haltOf(error: unknown): Halt {
  if (error instanceof Halt) return error;
  if (error instanceof UnreadableError) return new Halt(error.message);
  throw error;
}
