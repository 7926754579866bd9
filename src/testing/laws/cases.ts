import type { Arena } from "./arena.js";
import type { Bench } from "./bench.js";
import type { LawNumber, StoreCapabilities } from "./options.js";

export type Capability = keyof StoreCapabilities;

/** What a case takes beside a store: something that it claims, or that its integrator gives. */
export type Need = Capability | "reopen";

/** One thing that a law says of a store, tried on a store of its own. */
export interface Case {
  readonly laws: readonly LawNumber[];
  readonly title: string;
  readonly needs: readonly Need[];
  readonly lacks?: Capability | undefined;
  /** Its input is: fast-check plays it. */
  readonly isRandom: boolean;
  /** Some take longer than others: by which factor. */
  readonly patience: number;
  readonly run: (arena: Arena) => Promise<void>;
}

type Trial = (bench: Bench) => Promise<void>;

/** Where cases are gathered. */
export class Cases {
  constructor(
    readonly all: Case[] = [],
    private readonly needs: readonly Need[] = [],
    private readonly lacks?: Capability,
  ) {}

  /** Cases for stores that can do this, too, or of which this is given. */
  needing(...needs: readonly Need[]): Cases {
    return new Cases(this.all, [...this.needs, ...needs]);
  }

  /** Cases for stores that do not claim this. */
  lacking(capability: Capability): Cases {
    return new Cases(this.all, this.needs, capability);
  }

  /** @param topic What part of the law they are about: their titles begin with it. */
  law(number: LawNumber, topic: string): Law {
    const add = (title: string, trial: Trial) =>
      void this.all.push({
        laws: [number],
        title: `${topic}: ${title}`,
        needs: this.needs,
        lacks: this.lacks,
        isRandom: false,
        patience: 1,
        run: (arena) => arena.withBench(trial),
      });
    return new Law(add);
  }
}

/** Cases of one law. */
export class Law {
  constructor(private readonly add: (title: string, trial: Trial) => void) {}

  holds(title: string, trial: Trial): void {
    this.add(title, trial);
  }

  /** One case for each item. */
  holdsForEach<Item>(
    items: readonly Item[],
    title: (item: Item) => string,
    run: (bench: Bench, item: Item) => Promise<void>,
  ): void {
    for (const item of items) this.add(title(item), (bench) => run(bench, item));
  }
}
