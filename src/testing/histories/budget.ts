/** The search for an order can take longer than anyone waits: what may be spent on it, in points it reaches. */
export class Budget {
  private spent = 0;

  constructor(readonly points: number) {}

  /** @throws {Undecided} when there is no more. */
  spend(points: number): void {
    this.spent += points;
    if (this.spent > this.points) throw new Undecided();
  }
}

/** Neither an order was found, nor that there is none. */
export class Undecided extends Error {}
