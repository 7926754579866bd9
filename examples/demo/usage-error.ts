/** The command line asks for something that the demo does not have. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
