/** The types of events: `type` tells what `data` holds. `tsc` is the test, as in engine.test-d.ts. */
import { type CreditEvent, type Decimal, createCreditEngine, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import { expectTypeOf } from "vitest";

const catalog = defineCatalog({
  currencies: { tokens: { name: "Tokens", thresholds: { usageLow: [80], expiringLead: [{ days: 7 }] } } },
  plans: { pro: { name: "Pro", thresholds: { tokens: { balanceLow: "100" } } } },
});
const credits = createCreditEngine({ catalog, store: memoryStore() });

export function narrowed(event: CreditEvent): void {
  if (event.type === "credits.balance.low") expectTypeOf(event.data.totals.net).toEqualTypeOf<Decimal>();
  if (event.type === "credits.granted") expectTypeOf(event.data.grant.expiresAt).toEqualTypeOf<Date | null>();
  expectTypeOf(event.data).not.toHaveProperty("amount");
}

export async function asked(): Promise<void> {
  credits.on("credits.expired", ({ data }) => {
    expectTypeOf(data.amount).toEqualTypeOf<Decimal>();
  });
  credits.on("*", (event) => {
    expectTypeOf(event).toEqualTypeOf<CreditEvent>();
  });
  // @ts-expect-error -- no such type
  credits.on("credits.gone", () => {});
  for await (const event of credits.events({ consumer: "crm", types: ["credits.expired"] }))
    expectTypeOf(event.type).toEqualTypeOf<"credits.expired">();
  for await (const event of credits.events({ consumer: "crm" }))
    expectTypeOf(event).toEqualTypeOf<CreditEvent>();
}

export async function thresholds(): Promise<void> {
  await credits.setThresholds({ customerId: "acme", currency: "tokens", thresholds: { balanceLow: 5 } });
  // @ts-expect-error -- no such currency
  await credits.setThresholds({ customerId: "acme", currency: "gold", thresholds: null });
  // @ts-expect-error -- no such threshold
  await credits.setThresholds({ customerId: "acme", currency: "tokens", thresholds: { low: 5 } });
}

/** In catalogs, too. */
export function misspelt(): void {
  // @ts-expect-error -- no such threshold
  defineCatalog({ currencies: { a: { name: "A", thresholds: { low: 1 } } } });
  // @ts-expect-error -- no such currency
  defineCatalog({ currencies: { a: { name: "A" } }, plans: { p: { name: "P", thresholds: { b: {} } } } });
}
