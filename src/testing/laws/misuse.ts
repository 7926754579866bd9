/**
 * Nothing was shown of the store, and no law is broken: the kit was called in a way that tests nothing, or what was given
 * to it failed (`create`, `destroy`; the error is the `cause`).
 */
export class StoreLawsMisuse extends TypeError {
  override readonly name = "StoreLawsMisuse";
}
