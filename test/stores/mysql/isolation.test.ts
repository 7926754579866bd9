import type { Snapshot } from "coffer/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasMysql } from "../../support/databases.js";
import { failed } from "../contract/bench.js";
import { change, event, grant, key, record } from "../rows.js";
import { type Opened, openDatabase } from "./database.js";

describe.runIf(await hasMysql("isolation in MariaDB"))("a transaction of the app", () => {
  let database: Opened;
  /** A wallet for each test. */
  let wallets = 100;
  const fresh = () => key((wallets += 10));

  beforeAll(async () => {
    database = await openDatabase();
    await database.store.migrate();
  });
  afterAll(() => database.dispose());

  const born = async (wallet = fresh()) => {
    const rows = { opened: [grant("g", { remaining: 100n })], records: [record("hold", "r")] };
    expect(await database.store.commit([change(wallet, 0, rows)])).toEqual([{ status: "committed" }]);
    return wallet;
  };
  const spent = (wallet: ReturnType<typeof key>) =>
    database.store.commit([change(wallet, 1, { moved: [grant("g", { remaining: 1n })] })]);
  const remaining = ([snapshot]: readonly Snapshot[]) => snapshot?.grants[0]?.remaining;

  it("at REPEATABLE READ never decides on grants from before the lock", async () => {
    const wallet = await born();
    const { tx, end } = await database.begin("REPEATABLE READ");
    expect(remaining(await database.store.load([{ key: wallet }], { tx }))).toBe(100n);
    await spent(wallet);
    let calls = 0;
    const decide = () => [change(wallet, (calls += 1))];
    const transacting = database.store.transact([{ key: wallet }], decide, { tx });
    await expect(transacting).rejects.toEqual(failed("transient"));
    expect(calls).toBe(0);
    await end("commit");
    expect(await database.store.load([{ key: wallet }])).toMatchObject([{ version: 2 }]);
  });

  it.each(["READ COMMITTED", "SERIALIZABLE"])("at %s decides on the latest grants", async (isolation) => {
    const wallet = await born();
    const { tx, end } = await database.begin(isolation);
    if (isolation === "READ COMMITTED") await database.store.load([{ key: wallet }], { tx });
    await spent(wallet);
    let seen: unknown;
    await database.store.transact(
      [{ key: wallet }],
      (snapshots) => {
        seen = remaining(snapshots);
        return [change(wallet, 2)];
      },
      { tx },
    );
    await end("commit");
    expect(seen).toBe(1n);
  });

  it("at REPEATABLE READ decides on what it waited for, if it had read nothing before", async () => {
    const wallet = await born();
    const first = await database.begin("REPEATABLE READ");
    const second = await database.begin("REPEATABLE READ");
    const spend = () => [change(wallet, 1, { moved: [grant("g", { remaining: 1n })] })];
    await database.store.transact([{ key: wallet }], spend, { tx: first.tx });
    let seen: unknown;
    const waiting = database.store.transact(
      [{ key: wallet }],
      (snapshots) => {
        seen = remaining(snapshots);
        return [];
      },
      { tx: second.tx },
    );
    await first.end("commit");
    await waiting;
    await second.end("commit");
    expect(seen).toBe(1n);
  });

  it("a wallet born by another since its first read is no wallet to be born", async () => {
    const wallet = fresh();
    const { tx, end } = await database.begin("REPEATABLE READ");
    await database.store.load([{ key: wallet }], { tx });
    await born(wallet);
    const transacting = database.store.transact([{ key: wallet }], () => [change(wallet, 0)], { tx });
    await expect(transacting).rejects.toEqual(failed("transient"));
    await end("rollback");
  });

  it.each(["REPEATABLE READ", "READ COMMITTED"])(
    "at %s holds its wallet, and no neighbour",
    async (isolation) => {
      const wallet = await born();
      const number = Number(BigInt(`0x${wallet.id}`));
      const beside = [key(number - 1), key(number + 1)];
      await Promise.all(beside.map(born));
      const { tx, end } = await database.begin(isolation);
      const everywhere = (version: number) => ({
        opened: [grant(`g${version}`)],
        moved: [grant("g", { open: false })],
        records: [record("hold", "r", { open: false }), record("hold", `r${version}`)],
        events: [event(version)],
      });
      await database.store.transact([{ key: wallet }], () => [change(wallet, 1, everywhere(1))], { tx });
      const changes = [
        ...beside.map((neighbour) => change(neighbour, 1, everywhere(1))),
        change(key(number - 2), 0, everywhere(2)),
        change(key(number + 2), 0, everywhere(2)),
        change(wallet, 1),
      ];
      const outcomes = await database.store.commit(changes, { timeoutMs: 2_000 });
      const statuses = ["committed", "committed", "committed", "committed", "busy"];
      expect(outcomes.map(({ status }) => status)).toEqual(statuses);
      await end("rollback");
    },
  );

  it("does not hold up the events of others, nor its own wallet's earlier ones", async () => {
    const wallet = fresh();
    await database.store.commit([change(wallet, 0, { events: [event(1)] })]);
    const { tx, end } = await database.begin("REPEATABLE READ");
    const decide = () => [change(wallet, 1, { events: [event(2)] })];
    await database.store.transact([{ key: wallet }], decide, { tx });
    const own = async () => {
      const { items } = await database.store.events({ part: 0, after: 0, limit: 5_000 });
      return items.filter((item) => item.wallet.id === wallet.id).map(({ eventNo }) => eventNo);
    };
    expect(await own()).toEqual([1]);
    await end("commit");
    expect(await own()).toEqual([1, 2]);
  });

  it("is left as it was by a transact that fails, or writes nothing", async () => {
    const wallet = await born();
    const { tx, connection, end } = await database.begin("REPEATABLE READ");
    const unborn = fresh();
    const twice = () => [change(unborn, 0), change(wallet, 1, { opened: [grant("g")] })];
    const failing = database.store.transact([{ key: wallet }, { key: unborn }], twice, { tx });
    await expect(failing).rejects.toEqual(failed("permanent"));
    await database.store.transact([{ key: unborn }], () => [], { tx });
    const half = () => [change(wallet, 1)];
    await database.store.transact([{ key: wallet }, { key: unborn }], half, { tx });
    const [rows] = await connection.query("SELECT * FROM coffer_wallet WHERE version = 0");
    await end("commit");
    expect(rows).toEqual([]);
    const snapshots = await database.store.load([{ key: wallet }, { key: unborn }]);
    expect(snapshots.map(({ version }) => version)).toEqual([2, 0]);
  });

  it("must be open: outside one each statement would commit by itself", async () => {
    const wallet = await born();
    const { tx, connection, end } = await database.begin("READ COMMITTED");
    await connection.query("COMMIT");
    const decide = () => [change(wallet, 1)];
    const transacting = database.store.transact([{ key: wallet }], decide, { tx });
    await expect(transacting).rejects.toThrow(/not open/u);
    await end("rollback");
    expect(await database.store.load([{ key: wallet }])).toMatchObject([{ version: 1 }]);
  });

  it("must be one of this database", async () => {
    const tx = { dialect: "postgres", run: () => Promise.resolve([]) } as never;
    await expect(database.store.load([], { tx })).rejects.toEqual(failed("unsupported"));
  });
});
