/**
 * Credits that moved keep the terms of the grant that they came from: what goes back of them is due as it would be of that
 * grant, where invoices of this customer bill it, and not due where it was paid elsewhere or billed to somebody else.
 */
import { type UsageInvoice, previewInvoices, sendInvoice } from "coffer/billing";
import { memoryStore } from "coffer/memory";
import type { GrantRow } from "coffer/store";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { FEBRUARY, type Firm, MARCH, acme, firm, key, openFirm } from "./invoice-support.js";

const tokens = { ...acme, currency: "tokens" } as const;
const team = { ...acme, scope: "team" } as const;

type Pool = Readonly<Record<"customerId" | "scope", string>>;

/** Kind, scope, money, and whether it is due. */
const told = ({ lines }: UsageInvoice): readonly string[] =>
  lines.map(({ kind, scope, amount, isDue }) =>
    [kind, scope ?? "-", amount.amount.toFixed(2), isDue ? "due" : "shown"].join(" "),
  );

/** The bill of all that was booked before February. */
async function billed({ credits, clock }: Firm, customerId = "acme"): Promise<UsageInvoice | undefined> {
  clock.set(Date.parse(FEBRUARY));
  const [invoice] = await previewInvoices(credits, { customerId, to: FEBRUARY, grants: "bill" });
  return invoice;
}

/** 100 credits for $20, which an invoice bills. */
async function bought({ credits }: Firm): Promise<string> {
  const cost = { amount: "20.00", currency: "USD" } as const;
  const grant = { ...tokens, amount: 100, category: "paid", cost } as const;
  return (await credits.grant({ ...grant, ...key() })).id;
}

/** Moves credits, and refunds them where they came. */
async function refundMoved(
  { credits }: Firm,
  move: { readonly from: string; readonly to: string | Pool; readonly amount: number },
): Promise<void> {
  const { grants } = await credits.transfer({ ...move, currency: "tokens", ...key() });
  for (const { id } of grants) await credits.refundGrant({ grantId: id, ...key() });
}

describe("credits that rolled over", () => {
  it("$10 a month, 40 % rolls: two months are billed, and the rolled $4 are taken off the next invoice", async () => {
    const { credits, provider, clock } = firm();
    await credits.schedule({
      ...tokens,
      amount: 100,
      every: { months: 1 },
      category: "paid",
      cost: { amount: "10.00", currency: "USD" },
      rollover: { fraction: "0.4" },
      ...key(),
    });
    const dues: string[] = [];
    for (const to of [FEBRUARY, MARCH]) {
      clock.set(Date.parse(to));
      const [sent] = await sendInvoice(credits, { ...acme, to, provider, grants: "bill" });
      dues.push(`${sent?.status} ${sent?.due.amount.toFixed(2)}`);
    }
    expect(dues).toEqual(["sent 10.00", "sent 10.00"]);
    const { items } = await credits.grants(tokens);
    const rolled = items.find(({ originGrantId }) => originGrantId !== null);
    expect(rolled?.remaining.toFixed()).toBe("40");
    await credits.refundGrant({ grantId: rolled?.id ?? "", ...key() });
    clock.advance({ days: 1 });
    const [next] = await sendInvoice(credits, { ...acme, to: clock(), provider, grants: "bill" });
    expect(next && told(next)).toEqual(["grant_refund - -4.00 due"]);
    expect([next?.status, next?.due.amount.toFixed(2)]).toEqual(["carried", "-4.00"]);
  });

  it("a plan that is cancelled with a refund gives back its month, $10, and what rolled, $4", async () => {
    const { credits, provider, clock } = firm();
    const { id: subscriptionId } = await credits.subscribe({ ...acme, plan: "pro", ...key() });
    clock.set(Date.parse(FEBRUARY));
    await sendInvoice(credits, { ...acme, to: FEBRUARY, provider, grants: "bill" });
    clock.set(Date.parse("2026-02-20T00:00:00Z"));
    await credits.cancelSubscription({ subscriptionId, when: "now", unused: "refund", ...key() });
    clock.set(Date.parse(MARCH));
    const [invoice] = await sendInvoice(credits, { ...acme, to: MARCH, provider, grants: "bill" });
    expect(invoice && [...told(invoice)].sort()).toEqual([
      "grant - 10.00 due",
      "grant_refund - -10.00 due",
      "grant_refund - -4.00 due",
    ]);
    expect(invoice?.due.amount.toFixed(2)).toBe("-4.00");
  });
});

describe("credits that moved between scopes of the customer", () => {
  it("50 of 100 for $20 move to the team, and go back: $10 of the $20 are due", async () => {
    const at = firm();
    await bought(at);
    await refundMoved(at, { from: "acme", to: team, amount: 50 });
    const invoice = await billed(at);
    expect(invoice && told(invoice)).toEqual(["grant - 20.00 due", "grant_refund team -10.00 due"]);
    expect(invoice?.due.amount.toFixed(2)).toBe("10.00");
  });

  it("of a top-up they are not due: it was paid through the provider", async () => {
    const at = firm();
    await at.credits.topUp({ ...tokens, credits: 1_000, ...key() });
    await refundMoved(at, { from: "acme", to: team, amount: 500 });
    const invoice = await billed(at);
    expect(invoice && told(invoice)).toEqual(["top_up - 10.00 shown", "grant_refund team -5.00 shown"]);
    expect(invoice?.due.amount.toFixed(2)).toBe("0.00");
  });

  it("of a grant that waited for its payment they are not due: it was paid by other means", async () => {
    const at = firm();
    const cost = { amount: "7.00", currency: "USD" } as const;
    const waiting = { ...tokens, amount: 100, category: "paid", cost, awaitsPayment: true } as const;
    const { id: grantId } = await at.credits.grant({ ...waiting, ...key() });
    await at.credits.markGrantPaid({ grantId });
    await refundMoved(at, { from: "acme", to: team, amount: 50 });
    const invoice = await billed(at);
    expect(invoice && told(invoice)).toEqual(["grant - 7.00 shown", "grant_refund team -3.50 shown"]);
  });
});

/** The second one's wallets stand in the same part as acme's. */
describe.each(["bob", "firm-19"])("credits that moved between acme and %s", (other) => {
  it("were billed to acme: what the other gives back is not due to it", async () => {
    const at = firm();
    await bought(at);
    await refundMoved(at, { from: "acme", to: other, amount: 50 });
    const [theirs, ours] = [await billed(at, other), await billed(at)];
    expect(theirs && told(theirs)).toEqual(["grant_refund - -10.00 shown"]);
    expect(ours && told(ours)).toEqual(["grant - 20.00 due"]);
  });

  it("and came back are not due either: somebody else had them", async () => {
    const at = firm();
    await bought(at);
    await at.credits.transfer({ from: "acme", to: other, currency: "tokens", amount: 50, ...key() });
    await refundMoved(at, { from: other, to: team, amount: 50 });
    const invoice = await billed(at);
    expect(invoice && told(invoice)).toEqual(["grant - 20.00 due", "grant_refund team -10.00 shown"]);
  });
});

describe("credits that live on in a new grant after their own was voided", () => {
  /** Uses 25 credits of a grant, voids the rest, takes the use back to a new grant, and refunds that. */
  async function refundRegranted({ credits }: Firm, grantId: string): Promise<void> {
    const { id: withdrawalId } = await credits.withdraw({ ...acme, feature: "chat", quantity: 25, ...key() });
    await credits.voidGrant({ grantId, ...key() });
    const { grants } = await credits.reverse({ withdrawalId, regrant: true, ...key() });
    for (const { id } of grants) await credits.refundGrant({ grantId: id, ...key() });
  }

  it("of 100 for $20, 25 go back: $5 are due", async () => {
    const at = firm();
    await refundRegranted(at, await bought(at));
    const invoice = await billed(at);
    expect(invoice && told(invoice)).toEqual(["grant - 20.00 due", "grant_refund - -5.00 due"]);
  });

  it("of a top-up of 1,000 for $10, 25 go back: $0.25 are not due", async () => {
    const at = firm();
    await at.credits.topUp({ ...tokens, credits: 1_000, ...key() });
    const { items } = await at.credits.grants(tokens);
    await refundRegranted(at, items[0]?.id ?? "");
    const invoice = await billed(at);
    expect(invoice && told(invoice)).toEqual(["top_up - 10.00 shown", "grant_refund - -0.25 shown"]);
  });
});

describe("credits that were converted", () => {
  /** 50 tokens become 100 minutes, of which 40 go back. */
  async function refundConverted({ credits }: Firm): Promise<void> {
    const { grants } = await credits.convert({
      ...acme,
      from: "tokens",
      to: "minutes",
      amount: 50,
      rate: 2,
      actor: "support",
      reason: "wanted minutes",
      ...key(),
    });
    for (const { id } of grants) await credits.refundGrant({ grantId: id, amount: 40, ...key() });
  }

  it("of 100 for $20, 50 become 100 minutes for $10, and 40 of these go back: $4 are due", async () => {
    const at = firm();
    await bought(at);
    await refundConverted(at);
    const invoice = await billed(at);
    expect(invoice && [...told(invoice)].sort()).toEqual(["grant - 20.00 due", "grant_refund - -4.00 due"]);
    expect(invoice?.due.amount.toFixed(2)).toBe("16.00");
  });

  it("of a top-up at $0.01 a credit, 50 become 100 minutes for $0.50, and 40 go back: $0.20 are not due", async () => {
    const at = firm();
    await at.credits.topUp({ ...tokens, credits: 1_000, ...key() });
    await refundConverted(at);
    const invoice = await billed(at);
    expect(invoice && [...told(invoice)].sort()).toEqual([
      "grant_refund - -0.20 shown",
      "top_up - 10.00 shown",
    ]);
  });
});

describe("origins are read only where grants are billed", () => {
  /** Reads that a bill takes beyond those of an invoice that only shows grants. */
  async function moreReads(parcels: number, moves: readonly (readonly [string, number])[]): Promise<number> {
    const store = memoryStore();
    const at = firm(store);
    for (let made = 0; made < parcels; made++) await bought(at);
    for (const [scope, amount] of moves)
      await refundMoved(at, { from: "acme", to: { ...acme, scope }, amount });
    at.clock.set(Date.parse(FEBRUARY));
    const { load } = store;
    let reads = 0;
    store.load = (...request) => {
      reads++;
      return load.apply(store, request);
    };
    const readsFor = async (grants: "show" | "bill") => {
      reads = 0;
      await previewInvoices(openFirm(store, at.clock, at.provider), { ...acme, to: FEBRUARY, grants });
      return reads;
    };
    const shown = await readsFor("show");
    return (await readsFor("bill")) - shown;
  }

  it("at once: refunds of 20 grants take one read", async () => {
    expect(await moreReads(20, [["team", 2_000]])).toBe(1);
  });

  it("and once: two scopes whose credits came from one grant take one read", async () => {
    expect(
      await moreReads(1, [
        ["team", 50],
        ["lab", 50],
      ]),
    ).toBe(1);
  });

  it("and the search ends: a grant that a damaged store gives itself as origin is not due", async () => {
    const store = memoryStore();
    const at = firm(store);
    const root = await bought(at);
    await refundMoved(at, { from: "acme", to: team, amount: 50 });
    const { load } = store;
    const ringed = ({ detail, ...row }: GrantRow): GrantRow => ({
      ...row,
      detail: detail.replace('"originGrantId":null', `"originGrantId":"${root}"`),
    });
    store.load = async (...request) =>
      (await load.apply(store, request)).map(({ grants, asked, ...rest }) => ({
        ...rest,
        grants: grants.map(ringed),
        asked: { ...asked, grants: asked.grants.map(ringed) },
      }));
    at.clock.set(Date.parse(FEBRUARY));
    const reader = openFirm(store, at.clock, at.provider);
    const [invoice] = await previewInvoices(reader, { ...acme, to: FEBRUARY, grants: "bill" });
    expect(invoice && told(invoice)).toEqual(["grant - 20.00 shown", "grant_refund team -10.00 shown"]);
  });
});

const PLACES = ["acme", team, { ...acme, scope: "lab" }, "bob", "firm-19"] as const;
const isOthers = (place: number): boolean => place >= 3;

test("over any moves: what goes back is due if the root was billed, and nobody else ever had it", async () => {
  const own = fc.array(fc.nat(2), { maxLength: 6 });
  const any = fc.array(fc.nat(PLACES.length - 1), { maxLength: 6 });
  const moves = fc.oneof(own, any);
  await fc.assert(
    fc.asyncProperty(fc.boolean(), moves, async (isTopUp, places) => {
      const at = firm();
      const { credits } = at;
      if (isTopUp) await credits.topUp({ ...tokens, credits: 100, ...key() });
      else await bought(at);
      let now = 0;
      let last = (await credits.grants(tokens)).items[0]?.id ?? "";
      const route = places.filter((place, index) => place !== (places[index - 1] ?? 0));
      // It ends where it is the customer's.
      if (isOthers(route.at(-1) ?? 0)) route.push(1);
      for (const next of route) {
        const [from = "acme", to = "acme"] = [PLACES[now], PLACES[next]];
        const { grants } = await credits.transfer({ from, to, currency: "tokens", amount: 100, ...key() });
        last = grants[0]?.id ?? "";
        now = next;
      }
      await credits.refundGrant({ grantId: last, ...key() });
      const refunds = (await billed(at))?.lines.filter(({ amount }) => amount.amount.isNegative());
      expect(refunds?.map(({ isDue }) => isDue)).toEqual([!isTopUp && !route.some(isOthers)]);
    }),
    { numRuns: 40 },
  );
});
