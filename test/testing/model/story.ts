import {
  type ModelCatalog,
  type ModelGrant,
  type ModelRequests,
  type ModelResults,
  type ModelVerb,
  checkConservation,
  createReferenceModel,
} from "../../../src/testing/model/index.js";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** 10 January 2025, 00:00 UTC. */
export const START = Date.UTC(2025, 0, 10);

export const CATALOG: ModelCatalog = {
  currencies: { tokens: { name: "Tokens" } },
  features: {
    chat: { currency: "tokens", rate: { credits: "2", per: 1000 } },
    image: { currency: "tokens", rate: { credits: 40 } },
    unit: { currency: "tokens", rate: { credits: 1 } },
  },
};

type Fields<Verb extends ModelVerb> = Omit<ModelRequests[Verb], "customerId" | "currency">;

/** A short way to tell a story to the model; the conservation laws are checked after every step. */
export class Story {
  readonly model;
  now = START;
  private keys = 0;

  constructor(catalog: ModelCatalog = CATALOG) {
    this.model = createReferenceModel(catalog);
  }

  private outcome<Verb extends ModelVerb>(verb: Verb, request: ModelRequests[Verb]) {
    this.keys += 1;
    const outcome = this.model.apply(this.now, verb, { idempotencyKey: `k${this.keys}`, ...request });
    const broken = checkConservation(this.model.state(this.now));
    if (broken.length > 0) throw new Error(broken.join("\n"));
    return outcome;
  }

  do<Verb extends ModelVerb>(
    verb: Verb,
    request: ModelRequests[Verb],
  ): ModelResults[Verb] & { replayed: boolean } {
    const outcome = this.outcome(verb, request);
    if (!outcome.ok) throw new Error(`${verb} was refused: ${outcome.code}`);
    return outcome.value;
  }

  refused<Verb extends ModelVerb>(verb: Verb, request: ModelRequests[Verb]): string {
    const outcome = this.outcome(verb, request);
    return outcome.ok ? "ok" : outcome.code;
  }

  promo(amount: string, more: Partial<Fields<"grant">> = {}): ModelGrant {
    const terms = { customerId: "ann", currency: "tokens", category: "promotional", amount } as const;
    return this.do("grant", { ...terms, ...more });
  }

  paid(amount: string, cost: string, more: Partial<Fields<"grant">> = {}, currency = "USD"): ModelGrant {
    const terms = { customerId: "ann", currency: "tokens", category: "paid", amount } as const;
    return this.do("grant", { ...terms, cost: { amount: cost, currency }, ...more });
  }

  use(feature: string, quantity: string, more: Partial<ModelRequests["withdraw"]> = {}) {
    return this.do("withdraw", { customerId: "ann", feature, quantity, ...more });
  }

  useFails(feature: string, quantity: string, more: Partial<ModelRequests["withdraw"]> = {}): string {
    return this.refused("withdraw", { customerId: "ann", feature, quantity, ...more });
  }

  spend(amount: string, more: Partial<ModelRequests["withdraw"]> = {}) {
    return this.do("withdraw", { customerId: "ann", currency: "tokens", amount, ...more });
  }

  hold(quantity: string, more: Partial<ModelRequests["reserve"]> = {}) {
    const terms = { customerId: "ann", expiresIn: { minutes: 10 } };
    const use = more.items === undefined && more.amount === undefined ? { feature: "unit", quantity } : {};
    return this.do("reserve", { ...terms, ...use, ...more });
  }

  policy(policy: ModelRequests["setPolicy"]["policy"]): void {
    this.do("setPolicy", { customerId: "ann", currency: "tokens", policy });
  }

  balance(scope?: string) {
    return this.model.balance(this.now, { customerId: "ann", currency: "tokens", scope });
  }

  grants(scope?: string) {
    return this.model.grants(this.now, { customerId: "ann", currency: "tokens", scope });
  }

  grant(id: string): ModelGrant {
    const found = this.grants().find((grant) => grant.id === id);
    if (found === undefined) throw new Error(`No grant ${id}.`);
    return found;
  }

  ledger(scope?: string) {
    return this.model.ledger(this.now, { customerId: "ann", currency: "tokens", scope });
  }

  /** The ledger, an entry a line: type, account unless a grant, amount, grant, feature, cost. */
  lines(from = 1): string[] {
    return this.ledger()
      .filter((entry) => entry.seq >= from)
      .map((entry) =>
        [
          entry.account === "grant" || entry.type === entry.account
            ? entry.type
            : `${entry.type}(${entry.account})`,
          entry.amount,
          ...(entry.grantId === null ? [] : [entry.grantId]),
          ...(entry.feature === null ? [] : [entry.feature]),
          ...(entry.cost === null ? [] : [`${entry.cost.amount} ${entry.cost.currency}`]),
        ].join(" "),
      );
  }
}
