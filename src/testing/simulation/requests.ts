import type { ModelVerb } from "../model/index.js";
import type { Random } from "../random.js";
import { FEATURES, type SimulatedWallet } from "./catalog.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The ids that were told of a wallet, the last ones. */
export interface Told {
  readonly grants: string[];
  readonly reservations: string[];
  readonly withdrawals: string[];
}

export type Fields = Readonly<Record<string, unknown>>;

/** Requests by verb, of small amounts that run into each other. */
export class Requests {
  constructor(
    private readonly random: Random,
    private readonly told: ReadonlyMap<SimulatedWallet, Told>,
    private readonly now: () => number,
  ) {}

  /** None where there is nothing yet that it could name. */
  of(verb: ModelVerb, wallet: SimulatedWallet): Fields | undefined {
    switch (verb) {
      case "grant":
        return this.grant(wallet);
      case "withdraw":
        return this.withdraw(wallet);
      case "reserve":
        return { ...ownerOf(wallet), ...this.use(wallet), expiresIn: this.lifetime() };
      case "capture":
        return this.onReservation(wallet, () => this.captured(wallet));
      case "extend":
        return this.onReservation(wallet, () => ({ expiresIn: this.lifetime() }));
      case "release":
        return this.onReservation(wallet, () => ({}));
      case "voidGrant":
        return this.onGrant(wallet, () => ({}));
      case "amendGrant":
        return this.onGrant(wallet, () => ({
          priority: this.random.pick([10, 60]),
          ...this.amendedExpiry(),
        }));
      case "refundGrant":
        return this.onGrant(wallet, () => this.sometimes(0.5, () => ({ amount: this.amount() })));
      case "adjust":
        return { ...wallet, amount: this.signed(), actor: "support", reason: "simulated" };
      case "reverse":
        return this.reversal(wallet);
      case "transfer":
        return this.transfer(wallet);
      case "setPolicy":
        return { ...wallet, policy: this.policy() };
    }
  }

  private grant(wallet: SimulatedWallet): Fields {
    const { random } = this;
    const paid = {
      category: "paid",
      cost: { amount: random.pick(["1.00", "0.07", "33.33", "0"]), currency: "USD" },
    };
    return {
      ...wallet,
      amount: random.pick(["3", "5", "8", "12", "20", "7.25", "0.5"]),
      source: "simulation",
      ...(random.chance(0.5) ? paid : { category: "promotional" }),
      ...this.sometimes(0.5, () => ({
        expiresAt: this.now() + random.pick([MINUTE, 10 * MINUTE, HOUR, DAY, 7 * DAY]),
      })),
      ...this.sometimes(0.15, () => ({ effectiveAt: this.now() + random.pick([-HOUR, MINUTE, HOUR]) })),
      ...this.sometimes(0.3, () => ({ features: [random.pick(FEATURES[wallet.currency])] })),
      ...this.sometimes(0.3, () => ({ priority: random.pick([1, 90]) })),
    };
  }

  leaning(wallet: SimulatedWallet): { readonly grant: Fields; readonly use: Fields } {
    const amount = this.random.pick(["9", "15", "30"]);
    return {
      grant: { ...wallet, amount, source: "simulation", category: "promotional" },
      use: { ...wallet, amount },
    };
  }

  lapsing(wallet: SimulatedWallet): {
    readonly grant: Fields;
    readonly use: Fields;
    readonly transfer: Fields | undefined;
  } {
    const amount = this.random.pick(["60", "90"]);
    const transfer = this.transfer(wallet);
    return {
      grant: {
        ...wallet,
        amount,
        source: "simulation",
        category: "promotional",
        expiresAt: this.now() + 10 * MINUTE,
      },
      use: { ...wallet, amount },
      transfer: transfer === undefined ? undefined : { ...transfer, amount },
    };
  }

  withdraw(wallet: SimulatedWallet): Fields {
    const { random } = this;
    return {
      ...ownerOf(wallet),
      ...this.use(wallet),
      ...this.sometimes(0.25, () => ({ partial: true })),
      ...this.sometimes(0.2, () => ({
        occurredAt: this.now() - random.pick([0, MINUTE, HOUR, DAY, 2 * DAY]),
      })),
    };
  }

  use({ currency }: SimulatedWallet): Fields {
    const { random } = this;
    if (random.chance(0.3)) return { currency, amount: this.amount() };
    if (random.chance(0.3))
      return { items: Array.from({ length: 1 + random.below(3) }, () => this.item(currency)) };
    return this.item(currency);
  }

  private item(currency: SimulatedWallet["currency"]): Fields {
    const { random } = this;
    const feature = random.pick(FEATURES[currency]);
    const dimensions = feature === "draw" ? { dimensions: { size: random.pick(["s", "l"]) } } : {};
    return { feature, quantity: random.pick(["1", "2", "3", "5", "9", "0.5", "0"]), ...dimensions };
  }

  private captured(wallet: SimulatedWallet): Fields {
    const { random } = this;
    const ways: readonly [() => Fields, ...(() => Fields)[]] = [
      () => ({}),
      () => ({ amount: this.amount() }),
      () => ({ items: [this.item(wallet.currency)] }),
    ];
    return {
      ...random.pick(ways)(),
      ...this.sometimes(0.4, () => ({ final: false })),
      ...this.sometimes(0.2, () => ({ strict: true })),
    };
  }

  private onReservation(wallet: SimulatedWallet, fields: () => Fields): Fields | undefined {
    const reservationId = this.random.oneOf(this.told.get(wallet)?.reservations ?? []);
    return reservationId === undefined ? undefined : { reservationId, ...fields() };
  }

  private onGrant(wallet: SimulatedWallet, fields: () => Fields): Fields | undefined {
    const grantId = this.random.oneOf(this.told.get(wallet)?.grants ?? []);
    return grantId === undefined ? undefined : { grantId, ...fields() };
  }

  private reversal(wallet: SimulatedWallet): Fields | undefined {
    const { random } = this;
    const withdrawalId = random.oneOf(this.told.get(wallet)?.withdrawals ?? []);
    if (withdrawalId === undefined) return undefined;
    return {
      withdrawalId,
      ...this.sometimes(0.6, () => ({ amount: random.pick(["1", "0.5", "2"]) })),
      ...this.sometimes(0.4, () => ({
        regrant: random.chance(0.5) ? true : { expiresAt: this.now() + HOUR },
      })),
    };
  }

  private transfer(wallet: SimulatedWallet): Fields | undefined {
    const others = [...this.told.keys()].filter(
      (each) => each !== wallet && each.currency === wallet.currency,
    );
    const other = this.random.oneOf(others);
    if (other === undefined) return undefined;
    const { currency } = wallet;
    return { from: ownerOf(wallet), to: ownerOf(other), currency, amount: this.amount() };
  }

  private policy(): unknown {
    return this.random.pick<unknown>([
      null,
      { mode: "hard" },
      { mode: "soft", limit: "12" },
      { mode: "overage", price: { amount: "0.015", currency: "USD" }, limit: "15" },
    ]);
  }

  private lifetime(): Fields {
    return this.random.pick<Fields>([{ minutes: 1 }, { minutes: 10 }, { hours: 1 }, { days: 1 }]);
  }

  private amount(): string {
    return this.random.pick(["1", "2", "3", "5", "8", "0.5", "3.3"]);
  }

  private signed(): string {
    return this.random.chance(0.6) ? `-${this.amount()}` : this.amount();
  }

  private amendedExpiry(): Fields {
    return this.sometimes(0.5, () => ({ expiresAt: this.now() + this.random.pick([HOUR, DAY]) }));
  }

  private sometimes(probability: number, fields: () => Fields): Fields {
    return this.random.chance(probability) ? fields() : {};
  }
}

export function ownerOf({
  customerId,
  scope,
}: SimulatedWallet): Pick<SimulatedWallet, "customerId" | "scope"> {
  return scope === undefined ? { customerId } : { customerId, scope };
}
