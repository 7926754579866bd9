import { invoices, previewInvoices, sendInvoice, sendInvoices } from "coffer/billing";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { FEBRUARY, MARCH, acme, firm, key, plain } from "./invoice-support.js";

test("credits first, the rest is billed: 100 bought, 130 used, 30 × $0.015 = $0.45 are due", async () => {
  const { credits, provider, clock } = firm();
  await credits.topUp({ ...acme, currency: "tokens", credits: 100, ...key() });
  await credits.withdraw({ ...acme, feature: "chat", quantity: 110, ...key() });
  await credits.withdraw({ ...acme, feature: "image", quantity: 2, ...key() });
  clock.set(Date.parse(FEBRUARY));
  const [preview] = await previewInvoices(credits, { ...acme, to: FEBRUARY });
  const [sent] = await sendInvoice(credits, { ...acme, to: FEBRUARY, provider });
  expect(plain(sent)).toMatchObject({
    customerId: "acme",
    money: "USD",
    number: 1,
    periodStart: null,
    periodEnd: "2026-02-01T00:00:00.000Z",
    status: "sent",
    invoiceId: "in_1",
    due: { amount: "0.45", currency: "USD" },
    lines: [
      { kind: "top_up", credits: "100", amount: { amount: "1" }, isDue: false, entries: { count: 1 } },
      {
        kind: "overage",
        feature: "chat",
        credits: "10",
        unitPrice: { amount: "0.015" },
        amount: { amount: "0.15" },
        isDue: true,
      },
      { kind: "overage", feature: "image", credits: "20", amount: { amount: "0.3" }, isDue: true },
    ],
  });
  expect({ ...preview, status: 0, invoiceId: 0, url: 0 }).toEqual({
    ...sent,
    status: 0,
    invoiceId: 0,
    url: 0,
  });
  expect(provider.invoices.map(({ lines }) => lines.map(({ amount }) => amount.amount))).toEqual([
    ["0.15", "0.30"],
  ]);
});

describe("each entry stands in one invoice", () => {
  it("the next period begins where the last ended, and a month without use sends nothing", async () => {
    const { credits, provider, clock } = firm();
    await credits.withdraw({ ...acme, feature: "chat", quantity: 10, ...key() });
    clock.set(Date.parse(FEBRUARY));
    await credits.withdraw({ ...acme, feature: "chat", quantity: 20, ...key() });
    await sendInvoice(credits, { ...acme, to: FEBRUARY, provider });
    clock.set(Date.parse(MARCH));
    await sendInvoice(credits, { ...acme, to: MARCH, provider });
    clock.advance({ months: 1 });
    expect(await sendInvoice(credits, { ...acme, to: clock(), provider })).toEqual([]);
    const all = await invoices(credits, acme);
    expect(all.map(({ number, due }) => [number, due.amount.toFixed(2)])).toEqual([
      [1, "0.15"],
      [2, "0.30"],
    ]);
    expect(all[1]?.periodStart).toEqual(new Date(FEBRUARY));
  });

  it("moneys have invoices of their own, and every pool of the customer is in them", async () => {
    const { credits, provider, clock } = firm();
    await credits.withdraw({ ...acme, feature: "chat", quantity: 100, ...key() });
    await credits.withdraw({ ...acme, scope: "team", feature: "chat", quantity: 100, ...key() });
    await credits.withdraw({ ...acme, feature: "call", quantity: 7, ...key() });
    await credits.withdraw({ customerId: "beta", feature: "call", quantity: 1, ...key() });
    clock.set(Date.parse(FEBRUARY));
    const sent = await sendInvoice(credits, { ...acme, to: FEBRUARY, provider });
    expect(
      sent.map(({ money, due, lines }) => [money, due.amount.toFixed(), lines.map(({ scope }) => scope)]),
    ).toEqual([
      ["JPY", "21", [undefined]],
      ["USD", "3", [undefined, "team"]],
    ]);
    expect(provider.invoices.every(({ customerId }) => customerId === "acme")).toBe(true);
    expect(provider.invoices[0]?.lines[0]?.amount).toEqual({ amount: "21", currency: "JPY" });
  });

  it("what was booked before the first period was billed elsewhere", async () => {
    const { credits, provider, clock } = firm();
    await credits.withdraw({ ...acme, feature: "chat", quantity: 1_000, ...key() });
    clock.set(Date.parse(FEBRUARY));
    await credits.withdraw({ ...acme, feature: "chat", quantity: 10, ...key() });
    clock.set(Date.parse(MARCH));
    const [sent] = await sendInvoice(credits, { ...acme, from: FEBRUARY, to: MARCH, provider });
    expect(sent?.due.amount.toFixed(2)).toBe("0.15");
    clock.advance({ days: 1 });
    expect(await sendInvoice(credits, { ...acme, to: clock(), provider })).toEqual([]);
  });

  it("a reversal in a later month is taken off the next invoice, or carried until there is one", async () => {
    const { credits, provider, clock } = firm();
    const used = await credits.withdraw({ ...acme, feature: "chat", quantity: 100, ...key() });
    clock.set(Date.parse(FEBRUARY));
    await sendInvoice(credits, { ...acme, to: FEBRUARY, provider });
    await credits.reverse({ withdrawalId: used.id, amount: 60, ...key() });
    clock.set(Date.parse(MARCH));
    const [carried] = await sendInvoice(credits, { ...acme, to: MARCH, provider });
    expect(plain(carried)).toMatchObject({ status: "carried", due: { amount: "-0.9" }, invoiceId: null });
    await credits.withdraw({ ...acme, feature: "chat", quantity: 100, ...key() });
    clock.advance({ months: 1 });
    const [last] = await sendInvoice(credits, { ...acme, to: clock(), provider });
    expect(plain(last)).toMatchObject({
      status: "sent",
      due: { amount: "0.6" },
      lines: [
        { kind: "carried", amount: { amount: "-0.9" } },
        { kind: "overage", amount: { amount: "1.5" } },
      ],
    });
    expect(provider.invoices).toHaveLength(2);
  });
});

describe("it is sent once", () => {
  it("where the provider does not answer it is pending, and the next run asks again under its key", async () => {
    const { credits, provider, clock } = firm();
    await credits.withdraw({ ...acme, feature: "chat", quantity: 100, ...key() });
    clock.set(Date.parse(FEBRUARY));
    const { invoice } = provider;
    const keysSeen: string[] = [];
    provider.invoice = async (request) => {
      keysSeen.push(request.key);
      const answer = await invoice.call(provider, request);
      if (keysSeen.length === 1) throw new Error("the connection broke");
      return answer;
    };
    await expect(sendInvoice(credits, { ...acme, to: FEBRUARY, provider })).rejects.toThrow(
      "the connection broke",
    );
    expect(await invoices(credits, acme)).toMatchObject([{ status: "pending" }]);
    expect(await sendInvoice(credits, { ...acme, to: FEBRUARY, provider })).toMatchObject([
      { status: "sent" },
    ]);
    expect(new Set(keysSeen).size).toBe(1);
    expect(provider.invoices).toHaveLength(1);
  });

  it("by eight runs at once, too, and for every customer", async () => {
    const { credits, provider, clock } = firm();
    for (const customerId of ["acme", "beta", "gamma"])
      await credits.withdraw({ customerId, feature: "chat", quantity: 100, ...key() });
    clock.set(Date.parse(FEBRUARY));
    const run = async () => {
      for await (const _ of sendInvoices(credits, { to: FEBRUARY, provider })) continue;
    };
    await Promise.all(Array.from({ length: 8 }, run));
    expect(provider.invoices.map(({ customerId }) => customerId).sort()).toEqual(["acme", "beta", "gamma"]);
  });

  it("one customer's failure is told, and the others get theirs", async () => {
    const { credits, provider, clock } = firm();
    for (const customerId of ["acme", "beta"])
      await credits.withdraw({ customerId, feature: "chat", quantity: 100, ...key() });
    clock.set(Date.parse(FEBRUARY));
    const { invoice } = provider;
    provider.invoice = async (request) => {
      if (request.customerId === "acme") throw new Error("no such customer");
      return invoice.call(provider, request);
    };
    const failed: string[] = [];
    const done: string[] = [];
    const onError = (customerId: string) => failed.push(customerId);
    for await (const one of sendInvoices(credits, { to: FEBRUARY, provider, onError }))
      done.push(one.customerId);
    expect([failed, done]).toEqual([["acme"], ["beta"]]);
  });
});

test("paid grants are shown, or billed where that is asked for; what was paid is not billed again", async () => {
  const { credits, provider, clock } = firm();
  const paid = { ...acme, currency: "tokens", category: "paid", amount: 10 } as const;
  const grant = await credits.grant({
    ...paid,
    cost: { amount: "20.00", currency: "USD" },
    displayName: "Pro",
    ...key(),
  });
  await credits.refundGrant({ grantId: grant.id, amount: 5, ...key() });
  const waited = await credits.grant({
    ...paid,
    cost: { amount: "7.00", currency: "USD" },
    awaitsPayment: true,
    ...key(),
  });
  await credits.markGrantPaid({ grantId: waited.id });
  clock.set(Date.parse(FEBRUARY));
  const [shown] = await previewInvoices(credits, { ...acme, to: FEBRUARY });
  expect(shown?.due.amount.toFixed()).toBe("0");
  const [billed] = await sendInvoice(credits, { ...acme, to: FEBRUARY, provider, grants: "bill" });
  expect(plain(billed)).toMatchObject({
    due: { amount: "10" },
    lines: [
      { kind: "grant", description: "Pro", amount: { amount: "20" }, isDue: true, grantId: grant.id },
      { kind: "grant_refund", description: "Refund: Pro", amount: { amount: "-10" }, isDue: true },
      { kind: "grant", amount: { amount: "7" }, isDue: false, grantId: waited.id },
    ],
  });
});

test("credits that came from another customer were never billed here: their refund is shown, and not due", async () => {
  const { credits, provider, clock } = firm();
  const bob = { customerId: "bob", currency: "tokens" } as const;
  await credits.topUp({ ...acme, currency: "tokens", credits: 1_000, ...key() });
  await credits.transfer({ from: "acme", to: "bob", currency: "tokens", amount: 500, ...key() });
  const [moved] = (await credits.grants(bob)).items;
  await credits.refundGrant({ grantId: moved?.id ?? "", ...key() });
  await credits.withdraw({ customerId: "bob", feature: "chat", quantity: 100, ...key() });
  clock.set(Date.parse(FEBRUARY));
  const [sent] = await sendInvoice(credits, { customerId: "bob", to: FEBRUARY, provider, grants: "bill" });
  expect(plain(sent)).toMatchObject({
    due: { amount: "1.5" },
    lines: [
      { kind: "grant_refund", amount: { amount: "-5" }, isDue: false },
      { kind: "overage", amount: { amount: "1.5" }, isDue: true },
    ],
  });
});

test("a period that is not over, and what is no engine, is refused", async () => {
  const { credits, provider } = firm();
  await expect(sendInvoice(credits, { ...acme, to: MARCH, provider })).rejects.toMatchObject({
    code: "invalid_input",
  });
  await expect(sendInvoice({}, { ...acme, to: 0, provider })).rejects.toMatchObject({
    code: "invalid_input",
  });
  await expect(sendInvoice(credits, { ...acme, to: 0, provider: {} as never })).rejects.toMatchObject({
    code: "invalid_input",
  });
});

test("for any use and any cut into periods, invoices sum to the overage of the ledger", async () => {
  const step = fc.oneof(
    fc.record({ use: fc.integer({ min: 1, max: 500 }) }),
    fc.record({ reverse: fc.nat(10) }),
    fc.record({ days: fc.integer({ min: 1, max: 20 }) }),
    fc.constant("invoice" as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { credits, provider, clock } = firm();
      const used: string[] = [];
      for (const one of steps) {
        if (one === "invoice") await sendInvoice(credits, { ...acme, to: clock(), provider });
        else if ("use" in one)
          used.push((await credits.withdraw({ ...acme, feature: "chat", quantity: one.use, ...key() })).id);
        else if ("days" in one) clock.advance({ days: one.days });
        else {
          const [id] = used.splice(one.reverse, 1);
          if (id !== undefined) await credits.reverse({ withdrawalId: id, ...key() });
        }
      }
      clock.advance({ days: 1 });
      await sendInvoice(credits, { ...acme, to: clock(), provider });
      let booked = 0;
      const { items } = await credits.ledger({ ...acme, currency: "tokens", limit: 1_000 });
      for (const { account, cost } of items)
        if (account === "overage") booked -= cost?.amount.times(100).toNumber() ?? 0;
      const all = await invoices(credits, acme);
      const sent = all.filter(({ status }) => status === "sent");
      const carried =
        all.at(-1)?.status === "carried" ? (all.at(-1)?.due.amount.times(100).toNumber() ?? 0) : 0;
      const billed = sent.reduce((sum, { due }) => sum + due.amount.times(100).toNumber(), 0);
      expect(Math.round(billed + carried)).toBe(Math.round(booked));
    }),
    { numRuns: 40 },
  );
});
