import { walletKeyOf } from "../../engine/ids.js";
import type { WalletKey } from "../../store/rows.js";
import type { ModelVerb } from "../model/index.js";
import type { Random } from "../random.js";
import { FEATURES, type SimulatedWallet, WALLETS } from "./catalog.js";
import type { Operation } from "./operation.js";
import { type Fields, Requests, type Told, ownerOf } from "./requests.js";

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

const REMEMBERED = 12;
/** Of the wallets, the first takes this share. */
const HOT = 0.45;

/** What clients ask for: everything that the verbs can do, on few wallets that are always close to empty. */
export class Workload {
  private made = 0;
  private readonly told: ReadonlyMap<SimulatedWallet, Told>;
  private readonly requests: Requests;
  private readonly wallets: readonly SimulatedWallet[];
  private readonly places: ReadonlyMap<SimulatedWallet, WalletKey>;

  constructor(
    private readonly random: Random,
    wallets: number,
    now: () => number,
  ) {
    this.wallets = WALLETS.slice(0, wallets);
    this.told = new Map(
      this.wallets.map((wallet) => [wallet, { grants: [], reservations: [], withdrawals: [] }]),
    );
    this.requests = new Requests(random, this.told, now);
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
      const request = this.requests.of(verb, wallet);
      if (request !== undefined) return this.operation(verb, wallet, request);
    }
  }

  withdrawals(count: number): readonly Operation[] {
    return Array.from({ length: count }, () => {
      const wallet = this.wallet();
      return this.operation("withdraw", wallet, this.requests.withdraw(wallet));
    });
  }

  /** Credits, and a use of as much. */
  leaning(): readonly [Operation, Operation] {
    const wallet = this.wallet();
    const { grant, use } = this.requests.leaning(wallet);
    return [this.operation("grant", wallet, grant), this.operation("withdraw", wallet, use)];
  }

  /** Credits that do not last, and a transfer of all of them; a use where they cannot be transferred. */
  lapsing(): readonly [Operation, Operation] {
    const wallet = this.wallet();
    const { grant, use, transfer } = this.requests.lapsing(wallet);
    const second =
      transfer === undefined
        ? this.operation("withdraw", wallet, use)
        : this.operation("transfer", wallet, transfer);
    return [this.operation("grant", wallet, grant), second];
  }

  read(): { readonly verb: Read; readonly wallet: SimulatedWallet; readonly request: Fields } {
    const verb = this.random.weighted(READS);
    const wallet = this.wallet();
    switch (verb) {
      case "check":
      case "estimate":
        return { verb, wallet, request: { ...ownerOf(wallet), ...this.requests.use(wallet) } };
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
    const made = ++this.made;
    const key = `k${made}`;
    return {
      key,
      verb,
      wallet,
      place: this.place(wallet),
      request: { ...notesOf(made), ...fields, idempotencyKey: key },
      tries: [],
      answer: undefined,
      value: undefined,
      denials: [],
    };
  }

  private wallet(): SimulatedWallet {
    return (this.random.chance(HOT) ? this.wallets[0] : this.random.oneOf(this.wallets)) ?? WALLETS[0];
  }
}

/** Some requests say who asks for them, some also why. */
function notesOf(made: number): Fields {
  return {
    ...(made % 3 === 0 ? {} : { actor: `desk ${made % 7}` }),
    ...(made % 2 === 0 ? {} : { reason: `case ${made}` }),
  };
}

function remember(ids: string[], id: string | undefined): void {
  if (id === undefined) return;
  ids.push(id);
  if (ids.length > REMEMBERED) ids.shift();
}
