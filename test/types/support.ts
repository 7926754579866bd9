/** Exactly the same type, `any` and modifiers included. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles where its type is `true`. */
export function holds<Claim extends true>(): Claim | undefined {
  return undefined;
}
