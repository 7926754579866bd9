import { walletKeyOf } from "../../engine/ids.js";
import type { WalletKey } from "../../store/rows.js";
import type { ModelVerb } from "../model/index.js";
import type { Random } from "../random.js";
import { FEATURES, type SimulatedWallet, WALLETS } from "./catalog.js";
import type { Operation } from "./operation.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Verbs that change something, and how often each comes. */
const VERBS: Readonly<Record<ModelVerb, number>> = {
  grant: 17,
  withdraw: 36,
  reserve: 11,
  capture: 10,
  extend: 3,
  release: 3,
  voidGrant: 2,
  amendGrant: 2,
  refundGrant: 3,
  adjust: 4,
  reverse: 7,
  transfer: 5,
  setPolicy: 2,
};

const READS = {
  balance: 10,
  check: 6,
  estimate: 2,
  explain: 1,
  grants: 1,
  ledger: 1,
  audit: 0.3,
  verifyLedger: 0.3,
};
export type Read = keyof typeof READS;

/** The ids that were told of a wallet, the last ones. */
interface Told {
  readonly grants: string[];
  readonly reservations: string[];
  readonly withdrawals: string[];
}

const REMEMBERED = 12;
/** Of the wallets, the first takes this share. */
const HOT = 0.45;

type Fields = Readonly<Record<string, unknown>>;

/** What clients ask for: everything that the verbs can do, on few wallets that are always close to empty. */
export class Workload {
  private made = 0;
  private readonly told: Map<SimulatedWallet, Told>;
  private readonly wallets: readonly SimulatedWallet[];
  private readonly places: ReadonlyMap<SimulatedWallet, WalletKey>;

  constructor(
    private readonly random: Random,
    wallets: number,
    private readonly now: () => number,
  ) {
    this.wallets = WALLETS.slice(0, wallets);
    this.told = new Map(
      this.wallets.map((wallet) => [wallet, { grants: [], reservations: [], withdrawals: [] }]),
    );
    this.places = new Map(
      this.wallets.map((wallet) => [wallet, walletKeyOf({ ...wallet, scope: wallet.scope ?? "" })]),
    );
  }

  place(wallet: SimulatedWallet): WalletKey {
    const place = this.places.get(wallet);
    if (place === undefined) throw new RangeError("Not a wallet of this simulation.");
    return place;
  }

  mutation(): Operation {
    for (;;) {
      const verb = this.random.weighted(VERBS);
      const wallet = this.wallet();
      const request = this.request(verb, wallet);
      if (request !== undefined) return this.operation(verb, wallet, request);
    }
  }

  withdrawals(count: number): readonly Operation[] {
    return Array.from({ length: count }, () => {
      const wallet = this.wallet();
      return this.operation("withdraw", wallet, this.withdraw(wallet));
    });
  }

  read(): { readonly verb: Read; readonly wallet: SimulatedWallet; readonly request: Fields } {
    const verb = this.random.weighted(READS);
    const wallet = this.wallet();
    switch (verb) {
      case "check":
      case "estimate":
        return { verb, wallet, request: { ...ownerOf(wallet), ...this.use(wallet) } };
      case "explain":
        return { verb, wallet, request: { ...wallet, feature: FEATURES[wallet.currency][0] } };
      case "audit":
        return { verb, wallet, request: { customerId: wallet.customerId, limit: 20 } };
      case "ledger":
        return { verb, wallet, request: { ...wallet, order: "desc", limit: 20 } };
      case "grants":
        return { verb, wallet, request: { ...wallet, status: "active", limit: 20 } };
      default:
        return { verb, wallet, request: { ...wallet } };
    }
  }

  /** The same key on a request that says something else. */
  contradiction(earlier: Operation): Operation["request"] {
    return { ...earlier.request, reason: "another" };
  }

  /** Things that a result names can be named by later requests. */
  learn({ verb, wallet, value, request }: Operation): void {
    const { id, grants, grant } = value as {
      readonly id?: string;
      readonly grants?: readonly { readonly id: string }[];
      readonly grant?: { readonly id: string } | null;
    };
    const told = this.told.get(wallet);
    if (told === undefined) return;
    if (verb === "grant") remember(told.grants, id);
    if (verb === "reserve") remember(told.reservations, id);
    if (verb === "withdraw" || verb === "capture") remember(told.withdrawals, id);
    if (verb === "adjust") remember(told.grants, grant?.id);
    const receiving = verb === "transfer" ? this.named(request["to"] as SimulatedWallet, wallet) : wallet;
    for (const each of grants ?? []) remember(this.told.get(receiving)?.grants ?? [], each.id);
  }

  private named(
    { customerId, scope }: Pick<SimulatedWallet, "customerId" | "scope">,
    beside: SimulatedWallet,
  ): SimulatedWallet {
    const found = this.wallets.find(
      (each) => each.customerId === customerId && each.scope === scope && each.currency === beside.currency,
    );
    return found ?? beside;
  }

  private operation(verb: ModelVerb, wallet: SimulatedWallet, fields: Fields): Operation {
    const key = `k${++this.made}`;
    return {
      key,
      verb,
      wallet,
      place: this.place(wallet),
      request: { ...fields, idempotencyKey: key },
      tries: [],
      answer: undefined,
      value: undefined,
      firsts: new Set(),
      denials: [],
    };
  }

  private wallet(): SimulatedWallet {
    return (this.random.chance(HOT) ? this.wallets[0] : this.random.oneOf(this.wallets)) ?? WALLETS[0];
  }

  /** None where there is nothing yet that it could name. */
  private request(verb: ModelVerb, wallet: SimulatedWallet): Fields | undefined {
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

  private withdraw(wallet: SimulatedWallet): Fields {
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

  private use({ currency }: SimulatedWallet): Fields {
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
    const others = this.wallets.filter((each) => each !== wallet && each.currency === wallet.currency);
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

function ownerOf({ customerId, scope }: SimulatedWallet): Pick<SimulatedWallet, "customerId" | "scope"> {
  return scope === undefined ? { customerId } : { customerId, scope };
}

function remember(ids: string[], id: string | undefined): void {
  if (id === undefined) return;
  ids.push(id);
  if (ids.length > REMEMBERED) ids.shift();
}
