/** How long to look. */
export interface Settings {
  readonly rounds: number;
  /** Of one round of one contender. */
  readonly ms: number;
}
