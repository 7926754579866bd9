/** Thrown inside the model where a request is refused or denied; `apply` turns it into an outcome. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    /** One of the codes of `CreditError`. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export function refuse(code: string, message: string): never {
  throw new Refusal(code, message);
}

/** Refuses the request as `invalid_input` unless the condition holds. */
export function demand(condition: boolean, message: string): asserts condition {
  if (!condition) refuse("invalid_input", message);
}

/** Refuses the request unless it has that text. */
export function requireText(value: string | undefined, name: string): void {
  demand(value !== undefined && value !== "", `${name} is missing.`);
}
