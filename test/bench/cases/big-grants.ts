import { memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { CREDITS_AT_FIRST, CREDITS_PER_CALL } from "../contenders/catalog.js";
import { type Engine, engineOn, withdrawals } from "../contenders/coffer.js";
import { type Contender, compare } from "../measure/compare.js";
import { drive } from "../measure/drive.js";
import { type Report, whole } from "../measure/report.js";
import { speeds, speedup } from "../measure/speeds.js";
import { onPostgres } from "../on-postgres.js";
import type { Settings } from "../settings.js";

const MANY_GRANTS = 10_000;
const MOST_RATIO = 1.5;

interface Load {
  readonly callers: number;
  readonly ms: number;
}

/** A wallet whose credits stand on so many open grants. */
async function onGrants<Tx>(
  name: string,
  store: CreditStore<Tx>,
  grants: number,
  { callers, ms }: Load,
): Promise<Contender> {
  const credits = engineOn(store);
  await grant(credits, grants);
  const withdraw = withdrawals(credits, ["acme"]);
  let made = 0;
  return {
    name,
    round: async () => {
      const round = await drive(callers, ms, withdraw);
      made += round.operations;
      return round;
    },
    check: async () => {
      const { available } = await credits.balance({ customerId: "acme", currency: "credits" });
      const expected = CREDITS_AT_FIRST - made * CREDITS_PER_CALL;
      if (!available.equals(expected))
        throw new Error(`${String(available)} credits are left where ${expected} must be`);
      const { ok } = await credits.verifyLedger({ customerId: "acme", currency: "credits" });
      if (!ok) throw new Error("the ledger does not prove itself");
    },
  };
}

async function grant(credits: Engine, grants: number): Promise<void> {
  await Promise.all(
    Array.from({ length: grants }, (_, index) =>
      credits.grant({
        customerId: "acme",
        currency: "credits",
        amount: CREDITS_AT_FIRST / grants,
        category: "promotional",
        idempotencyKey: `grant-${index}`,
      }),
    ),
  );
}

/** What a withdrawal costs on one open grant and on many: in memory, and on PostgreSQL by one and by many callers. */
export function bigGrants({ rounds, ms }: Settings): Promise<Report> {
  return onPostgres(async ({ storeIn, version }) => {
    const one = { callers: 1, ms };
    const many = { callers: 256, ms };
    const few = (where: string) => `${where}, 1 open grant`;
    const lots = (where: string) => `${where}, ${whole(MANY_GRANTS)} open grants`;
    const figures = await compare(
      [
        await onGrants(few("memory, 1 caller"), memoryStore(), 1, one),
        await onGrants(lots("memory, 1 caller"), memoryStore(), MANY_GRANTS, one),
        await onGrants(few("PostgreSQL, 1 caller"), await storeIn("few"), 1, one),
        await onGrants(lots("PostgreSQL, 1 caller"), await storeIn("lots"), MANY_GRANTS, one),
        await onGrants(few("PostgreSQL, 256 callers"), await storeIn("hot_few"), 1, many),
        await onGrants(lots("PostgreSQL, 256 callers"), await storeIn("hot_lots"), MANY_GRANTS, many),
      ],
      rounds,
    );
    const cost = (what: string, on: (typeof figures)[number], over: (typeof figures)[number]) =>
      ({ what: `${what}, cost`, value: speedup(over, on), unit: "×", atMost: MOST_RATIO }) as const;
    const goals = [
      cost("Memory, 1 caller", figures[1], figures[0]),
      cost("PostgreSQL, 1 caller", figures[3], figures[2]),
      cost("PostgreSQL, 256 callers", figures[5], figures[4]),
    ];
    return speeds("One wallet, 1 and 10,000 open grants", figures, goals, [version]);
  });
}
