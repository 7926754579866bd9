import { memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { CREDITS_AT_FIRST, CREDITS_PER_CALL } from "../contenders/catalog.js";
import { type Engine, engineOn, withdrawals } from "../contenders/coffer.js";
import { type Contender, type Figures, compare } from "../measure/compare.js";
import { drive } from "../measure/drive.js";
import { type Report, whole } from "../measure/report.js";
import { speeds, speedup } from "../measure/speeds.js";
import { onPostgres } from "../on-postgres.js";
import type { Settings } from "../settings.js";

const MANY_GRANTS = 10_000;
const MANY_HOLDS = 1_000;
const MOST_RATIO = 1.5;

interface Load {
  readonly callers: number;
  readonly ms: number;
}

/** What is open in a wallet. */
interface Open {
  readonly grants: number;
  readonly holds: number;
}

const FEW: Open = { grants: 1, holds: 0 };
const GRANTS: Open = { grants: MANY_GRANTS, holds: 0 };
const HOLDS: Open = { grants: 1, holds: MANY_HOLDS };

async function onOpen<Tx>(
  name: string,
  store: CreditStore<Tx>,
  { grants, holds }: Open,
  { callers, ms }: Load,
): Promise<Contender> {
  const credits = engineOn(store);
  await grant(credits, grants);
  await hold(credits, holds);
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
      const { balance } = await credits.balance({ customerId: "acme", currency: "credits" });
      const expected = CREDITS_AT_FIRST - made * CREDITS_PER_CALL;
      if (!balance.equals(expected))
        throw new Error(`${String(balance)} credits are left where ${expected} must be`);
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

/** They stay open for longer than any run lasts. */
async function hold(credits: Engine, holds: number): Promise<void> {
  await Promise.all(
    Array.from({ length: holds }, (_, index) =>
      credits.reserve({
        customerId: "acme",
        currency: "credits",
        amount: 1,
        expiresIn: { days: 1 },
        idempotencyKey: `hold-${index}`,
      }),
    ),
  );
}

/** What a withdrawal costs on one open grant, on many, and beside many holds: in memory, and on PostgreSQL by one and by many callers. */
export function bigGrants({ rounds, ms }: Settings): Promise<Report> {
  return onPostgres(async ({ storeIn, version }) => {
    const one = { callers: 1, ms };
    const many = { callers: 256, ms };
    const few = (where: string) => `${where}, 1 open grant`;
    const grants = (where: string) => `${where}, ${whole(MANY_GRANTS)} open grants`;
    const holds = (where: string) => `${where}, ${whole(MANY_HOLDS)} open holds`;
    const figures = await compare(
      [
        await onOpen(few("memory, 1 caller"), memoryStore(), FEW, one),
        await onOpen(grants("memory, 1 caller"), memoryStore(), GRANTS, one),
        await onOpen(holds("memory, 1 caller"), memoryStore(), HOLDS, one),
        await onOpen(few("PostgreSQL, 1 caller"), await storeIn("few"), FEW, one),
        await onOpen(grants("PostgreSQL, 1 caller"), await storeIn("grants"), GRANTS, one),
        await onOpen(holds("PostgreSQL, 1 caller"), await storeIn("holds"), HOLDS, one),
        await onOpen(few("PostgreSQL, 256 callers"), await storeIn("hot_few"), FEW, many),
        await onOpen(grants("PostgreSQL, 256 callers"), await storeIn("hot_grants"), GRANTS, many),
        await onOpen(holds("PostgreSQL, 256 callers"), await storeIn("hot_holds"), HOLDS, many),
      ],
      rounds,
    );
    const [memoryFew, memoryGrants, memoryHolds, few1, grants1, holds1, few256, grants256, holds256] =
      figures;
    const cost = (what: string, on: Figures, over: Figures) =>
      ({ what: `${what}, cost`, value: speedup(over, on), unit: "×", atMost: MOST_RATIO }) as const;
    const goals = [
      cost("Memory, 1 caller, grants", memoryGrants, memoryFew),
      cost("Memory, 1 caller, holds", memoryHolds, memoryFew),
      cost("PostgreSQL, 1 caller, grants", grants1, few1),
      cost("PostgreSQL, 1 caller, holds", holds1, few1),
      cost("PostgreSQL, 256 callers, grants", grants256, few256),
      cost("PostgreSQL, 256 callers, holds", holds256, few256),
    ];
    return speeds("One wallet with much that is open", figures, goals, [version]);
  });
}
