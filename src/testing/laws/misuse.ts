/** The kit was called in a way that tests nothing: no law is broken, and nothing was shown. */
export class StoreLawsMisuse extends TypeError {
  override readonly name = "StoreLawsMisuse";
}
