/** Each entry of money stands in one invoice, whatever `from` says later, and whatever the wallets' clocks did. */
import { invoices, sendInvoice } from "coffer/billing";
import { manualClock } from "coffer/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FEBRUARY, type Firm, MARCH, acme, firm, key, openFirm } from "./invoice-support.js";

/** Credits past zero on all invoices so far. */
async function creditsInvoiced({ credits }: Firm): Promise<string> {
  let sum = 0n;
  for (const { lines } of await invoices(credits, acme))
    for (const { kind, credits: used } of lines) if (kind === "overage") sum += BigInt(used?.toFixed() ?? 0);
  return String(sum);
}

async function use({ credits }: Pick<Firm, "credits">, quantity: number, scope?: string): Promise<void> {
  const pool = scope === undefined ? {} : { scope };
  await credits.withdraw({ ...acme, ...pool, feature: "chat", quantity, ...key() });
}

/** A process whose clock stands at an earlier instant. */
const late = ({ store, provider }: Firm, at: string): Pick<Firm, "credits"> => ({
  credits: openFirm(store, manualClock(at), provider),
});

test("once something was invoiced `from` is of no account: 10 in January, 20 that a slow clock dates so", async () => {
  const at = firm();
  await use(at, 10);
  at.clock.set(Date.parse(FEBRUARY));
  await sendInvoice(at.credits, { ...acme, to: FEBRUARY, provider: at.provider });
  await use(late(at, "2026-01-20T00:00:00Z"), 20, "team");
  at.clock.set(Date.parse(MARCH));
  await sendInvoice(at.credits, { ...acme, from: FEBRUARY, to: MARCH, provider: at.provider });
  expect(await creditsInvoiced(at)).toBe("30");
});

test("a wallet that appears after the first invoice is billed whole, though a slow clock dates it before `from`", async () => {
  const at = firm();
  await use(at, 1_000);
  at.clock.set(Date.parse(FEBRUARY));
  await use(at, 10);
  at.clock.set(Date.parse(MARCH));
  await sendInvoice(at.credits, { ...acme, from: FEBRUARY, to: MARCH, provider: at.provider });
  await use(late(at, "2026-01-15T00:00:00Z"), 20, "team");
  at.clock.advance({ days: 1 });
  await sendInvoice(at.credits, { ...acme, to: at.clock(), provider: at.provider });
  expect(await creditsInvoiced(at)).toBe("30");
});

test("what a slow clock adds before `from` to a pool that was left out whole is billed", async () => {
  const at = firm();
  await use(at, 1_000, "team");
  at.clock.set(Date.parse(FEBRUARY));
  await use(at, 10);
  at.clock.set(Date.parse(MARCH));
  await sendInvoice(at.credits, { ...acme, from: FEBRUARY, to: MARCH, provider: at.provider });
  await use(late(at, "2026-01-15T00:00:00Z"), 20, "team");
  at.clock.advance({ days: 1 });
  await sendInvoice(at.credits, { ...acme, to: at.clock(), provider: at.provider });
  expect(await creditsInvoiced(at)).toBe("30");
});

test("a first run that finds nothing sets the beginning, too", async () => {
  const at = firm();
  at.clock.set(Date.parse(FEBRUARY));
  await sendInvoice(at.credits, { ...acme, to: FEBRUARY, provider: at.provider });
  await use(at, 10);
  at.clock.set(Date.parse(MARCH));
  await sendInvoice(at.credits, { ...acme, from: MARCH, to: MARCH, provider: at.provider });
  expect(await creditsInvoiced(at)).toBe("10");
});

test("a use whose money rounds to nothing counts its credits: 2 × ¥0.4 are 1, of 2 credits", async () => {
  const at = firm();
  const price = { amount: "0.4", currency: "JPY" } as const;
  await at.credits.setPolicy({ ...acme, currency: "minutes", policy: { mode: "overage", price } });
  for (let times = 0; times < 2; times++)
    await at.credits.withdraw({ ...acme, feature: "call", quantity: 1, ...key() });
  at.clock.set(Date.parse(FEBRUARY));
  const [sent] = await sendInvoice(at.credits, { ...acme, to: FEBRUARY, provider: at.provider });
  expect(
    sent?.lines.map(({ credits, amount, entries }) => [credits, amount.amount, entries?.count].join(" ")),
  ).toEqual(["2 1 2"]);
});

const WALLETS = [undefined, "team", "lab"] as const;
const DAY = 86_400_000;
const HISTORY = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ use: fc.constantFrom(...WALLETS), isLate: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ days: fc.integer({ min: 1, max: 9 }), isLate: fc.boolean() }) },
    {
      weight: 2,
      arbitrary: fc.record({
        toDaysAgo: fc.integer({ min: 0, max: 20 }),
        fromDaysAgo: fc.option(fc.integer({ min: 0, max: 30 }), { nil: null }),
      }),
    },
  ),
  { maxLength: 24 },
);

/** The nth use takes 4^n credits, so that the sum says of each how often it was billed: that digit, to the base of 4. */
test("over any run of uses, clocks, periods and beginnings", async () => {
  await fc.assert(
    fc.asyncProperty(HISTORY, async (history) => {
      const at = firm();
      const { clock, provider, credits } = at;
      const slow = manualClock(clock() - 15 * DAY);
      const behind = openFirm(at.store, slow, provider);
      const made: { readonly at: number; readonly digit: number }[] = [];
      let isBegun = false;
      const left = new Set<number>();
      for (const step of history) {
        if ("use" in step) {
          const digit = made.length;
          const pool = step.use === undefined ? {} : { scope: step.use };
          const by = step.isLate ? behind : credits;
          await by.withdraw({ ...acme, ...pool, feature: "chat", quantity: 4n ** BigInt(digit), ...key() });
          const { items } = await by.ledger({
            ...acme,
            ...pool,
            currency: "tokens",
            order: "desc",
            limit: 1,
          });
          made.push({ at: items[0]?.recordedAt.getTime() ?? 0, digit });
        } else if ("days" in step) (step.isLate ? slow : clock).advance({ days: step.days });
        else {
          const to = clock() - step.toDaysAgo * DAY;
          const from = step.fromDaysAgo === null ? null : clock() - step.fromDaysAgo * DAY;
          await sendInvoice(credits, { ...acme, to, provider, ...(from === null ? {} : { from }) });
          const before = isBegun ? [] : made.filter((one) => from !== null && one.at < from);
          for (const { digit } of before) left.add(digit);
          isBegun = true;
        }
        if (slow() > clock()) clock.set(slow());
      }
      clock.advance({ days: 60 });
      await sendInvoice(credits, { ...acme, to: clock(), provider, from: clock() });
      if (!isBegun) return;
      const wanted = made.filter(({ digit }) => !left.has(digit));
      expect(BigInt(await creditsInvoiced(at)).toString(4)).toBe(
        wanted.reduce((sum, { digit }) => sum + 4n ** BigInt(digit), 0n).toString(4),
      );
      const all = await invoices(credits, acme);
      const lines = all.flatMap((invoice) => invoice.lines);
      expect(lines.reduce((sum, { entries }) => sum + (entries?.count ?? 0), 0)).toBe(wanted.length);
    }),
    { numRuns: 60 },
  );
});
