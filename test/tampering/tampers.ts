/** What somebody with access to the tables may do to a ledger. */
import { COLUMNS, type Column, type Row, ledgerOf, rehashed } from "./rows.js";

export interface Tamper {
  readonly what: string;
  readonly rows: readonly Row[];
}

type Value = string | null;

/** How many places of a text are changed: all of them, or the one in the middle. */
export type Thoroughness = "every place" | "one place";

/** Each field of each entry of a wallet, changed in each way. */
export function* changedFields(
  rows: readonly Row[],
  wallet: string,
  thoroughness: Thoroughness,
): Generator<Tamper> {
  for (const row of ledgerOf(rows, wallet))
    for (const column of COLUMNS)
      for (const value of changesOf(row[column.name] ?? null, column, thoroughness)) {
        const changed = { ...row, [column.name]: value };
        const shown = value === null ? "null" : value.slice(0, 60);
        yield {
          what: `entry ${row["seq"]}: ${column.name} is ${shown}`,
          rows: rows.map((other) => (other === row ? changed : other)),
        };
      }
}

/** Free texts may be erased, which is no tampering. */
const ERASABLE: ReadonlySet<string> = new Set(["actor", "reason"]);

function changesOf(value: Value, column: Column, thoroughness: Thoroughness): readonly Value[] {
  const changes = value === null ? madeUp(column) : changesOfKind(value, column, thoroughness);
  const gone = value === null || ERASABLE.has(column.name) ? [] : [null];
  return [...new Set([...changes, ...gone])].filter((change) => change !== value);
}

function madeUp({ name, kind }: Column): readonly Value[] {
  if (kind === "integer" || kind === "part") return ["0", "1", "-1"];
  return name === "detail" ? ["{}", '{"cause":"expiry"}', "null"] : ["", "added"];
}

function changesOfKind(value: string, { kind }: Column, thoroughness: Thoroughness): readonly Value[] {
  if (kind === "integer" || kind === "part") {
    const number = BigInt(value);
    const near = [number + 1n, number - 1n];
    const far = [-number, number * 2n, number ^ 256n, 0n];
    return (thoroughness === "every place" ? [...near, ...far] : near).map(String);
  }
  const step = kind === "bytes" ? 2 : 1;
  const places = Array.from({ length: value.length / step }, (_, index) => index * step);
  const chosen =
    thoroughness === "every place" ? places : places.filter((_, index) => index === places.length >> 1);
  const flip = kind === "bytes" ? flippedByte : flippedLetter;
  const flips = chosen.map((place) => value.slice(0, place) + flip(value, place));
  return thoroughness === "every place"
    ? [...flips, value.slice(0, -step), value + value.slice(0, step), ""]
    : flips;
}

function flippedByte(hex: string, place: number): string {
  const byte = Number.parseInt(hex.slice(place, place + 2), 16) ^ (1 << ((place / 2) % 8));
  return byte.toString(16).padStart(2, "0") + hex.slice(place + 2);
}

/** Its neighbour by the lowest bit. */
function flippedLetter(text: string, place: number): string {
  return String.fromCodePoint((text.codePointAt(place) ?? 0) ^ 1) + text.slice(place + 1);
}

/** Entries taken out, put in, doubled and put in another order. */
export function* rearranged(rows: readonly Row[], wallet: string): Generator<Tamper> {
  const own = ledgerOf(rows, wallet);
  const others = rows.filter((row) => row["wallet"] !== wallet);
  const ledger = (what: string, entries: readonly Row[]): Tamper => ({ what, rows: [...others, ...entries] });
  for (const [index, row] of own.entries()) {
    const { seq } = row;
    yield ledger(
      `entry ${seq} is gone`,
      own.filter((other) => other !== row),
    );
    yield ledger(`entries from ${seq} on are gone`, own.slice(0, index));
    for (const later of ["1", "100000000000"])
      yield ledger(`entry ${seq} stands twice, ${later} ms apart`, [
        ...own,
        { ...row, recorded_at: String(BigInt(row["recorded_at"] ?? 0) + BigInt(later)) },
      ]);
    yield ledger(`entry ${seq} stands twice, the second as the last`, [
      ...own,
      { ...row, seq: String(own.length + 1), recorded_at: own.at(-1)?.["recorded_at"] ?? null },
    ]);
    for (const other of own.slice(index + 1))
      yield ledger(
        `entries ${seq} and ${other["seq"]} are swapped`,
        own.map((each) =>
          each === row
            ? { ...other, ...placeOf(row) }
            : each === other
              ? { ...row, ...placeOf(other) }
              : each,
        ),
      );
  }
}

function placeOf({ seq, recorded_at }: Row): Row {
  return { seq: seq ?? null, recorded_at: recorded_at ?? null };
}

/** An entry that nobody made, or one made anew, with a hash that covers it; the followers are left alone. */
export function* forged(rows: readonly Row[], wallet: string): Generator<Tamper> {
  const own = ledgerOf(rows, wallet);
  const others = rows.filter((row) => row["wallet"] !== wallet);
  for (const [index, row] of own.entries()) {
    const before = own[index - 1]?.["hash"];
    if (before === undefined || before === null) continue;
    const richer = rehashed([{ ...row, ...moved(row, 1_000_000n) }], before);
    yield {
      what: `entry ${row["seq"]} is forged`,
      rows: [...others, ...own.slice(0, index), ...richer, ...own.slice(index + 1)],
    };
    const inserted = rehashed([{ ...row, ...moved(own[index - 1] ?? row, 0n), amount: "0" }], before);
    const shifted = own.slice(index).map((each) => ({ ...each, seq: String(Number(each["seq"]) + 1) }));
    yield {
      what: `a forged entry stands before ${row["seq"]}, and the rest is numbered anew`,
      rows: [...others, ...own.slice(0, index), ...inserted, ...shifted],
    };
  }
  const last = own.at(-1);
  if (last === undefined) return;
  const appended = { ...last, ...moved(last, 1_000_000n), amount: "1000000", seq: String(own.length + 1) };
  yield {
    what: "a forged entry stands at the end",
    rows: [...rows, ...rehashed([appended], last["hash"] ?? "")],
  };
}

function moved(row: Row, by: bigint): Row {
  const plus = (value: string | null | undefined) => String(BigInt(value ?? 0) + by);
  return { amount: plus(row["amount"]), balance_after: plus(row["balance_after"]) };
}

/** The ledger of another wallet in the place of its own. */
export function swappedWallets(rows: readonly Row[], [one, other]: readonly [Row, Row]): Tamper {
  const places = (row: Row) => ({ part: row["part"] ?? null, wallet: row["wallet"] ?? null });
  return {
    what: "the ledgers of two wallets are swapped",
    rows: rows.map((row) => ({ ...row, ...places(row["wallet"] === one["wallet"] ? other : one) })),
  };
}

/** How many entries stand as they were, before the first that does not. */
export function untouched(before: readonly Row[], after: readonly Row[], wallet: string): number {
  const [was, is] = [ledgerOf(before, wallet), ledgerOf(after, wallet)];
  const first = was.findIndex((row, index) => COLUMNS.some(({ name }) => row[name] !== is[index]?.[name]));
  return first === -1 ? was.length : first;
}

/** The wallet's own row: what it counts, sums and remembers of its ledger. */
export function* changedHeads(
  head: Row,
  thoroughness: Thoroughness,
): Generator<{ readonly what: string; readonly head: Row | null }> {
  const numbered = (name: string, by: bigint) => ({
    what: `the wallet's ${name} is ${by} more`,
    head: { ...head, [name]: String(BigInt(head[name] ?? 0) + by) },
  });
  for (const name of ["seq", "balance"]) for (const by of [1n, -1n, 1_000_000n]) yield numbered(name, by);
  const hash = head["ledger_hash"] ?? "";
  for (let place = 0; place < hash.length; place += thoroughness === "every place" ? 2 : 30)
    yield {
      what: `byte ${place / 2} of the wallet's hash is another`,
      head: { ...head, ledger_hash: hash.slice(0, place) + flippedByte(hash, place) },
    };
  yield { what: "the wallet's own row is gone", head: null };
}
