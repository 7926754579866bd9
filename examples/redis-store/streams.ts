import type { EventPage, EventRow, PruneQuery, UsagePoint, UsageQuery, WalletKey } from "coffer/store";
import { FIRST, type PartKeys, member, under } from "./keys.js";
import type { Call } from "./redis.js";
import { decode } from "./rows.js";

export async function due(
  call: Call,
  part: number,
  keys: PartKeys,
  before: number,
  limit: number,
): Promise<readonly WalletKey[]> {
  const range = ["-inf", String(before), "BYSCORE", "LIMIT", "0", String(limit)];
  const ids = (await call.read("ZRANGE", keys.of("due"), ...range)) as readonly string[];
  return ids.map((id) => ({ part, id }));
}

/** As apply.lua writes it. */
function positionText(position: number): string {
  return String(position).padStart(17, "0");
}

export async function events(
  call: Call,
  part: number,
  keys: PartKeys,
  after: number,
  limit: number,
): Promise<EventPage> {
  // Positions begin at 1.
  const from = after < 1 ? FIRST : `(${positionText(after)}`;
  const page = ["BYLEX", "LIMIT", "0", String(limit)];
  const positions = (await call.read("ZRANGE", keys.of("events"), from, "+", ...page)) as readonly string[];
  if (positions.length === 0) return { items: [], next: after };
  const texts = (await call.read("HMGET", keys.of("event"), ...positions)) as readonly (string | null)[];
  const items = texts.flatMap((text, at) => {
    if (text === null) return []; // pruned since
    const { wallet, ...event } = decode(text) as EventRow & { readonly wallet: string };
    return [{ ...event, wallet: { part, id: wallet }, position: Number(positions[at]) }];
  });
  return { items, next: Number(positions.at(-1)) };
}

const UNIT = 10n ** 12n;
const FIELDS = ["quantity", "fraction", "amount", "count"] as const;

export async function usage(call: Call, keys: PartKeys, query: UsageQuery): Promise<readonly UsagePoint[]> {
  const { bounds, features } = query;
  const { id } = query.key;
  const range = [`[${member(id, bounds[0] ?? 0)}`, `(${member(id, bounds.at(-1) ?? 0)}`, "BYLEX"];
  const names = (await call.read("ZRANGE", keys.of("counters"), ...range)) as readonly string[];
  if (names.length === 0) return [];
  const fields = names.flatMap((name) => FIELDS.map((field) => member(name, field)));
  const values = (await call.read("HMGET", keys.of("counter"), ...fields)) as readonly (string | null)[];
  const sums = new Map<string, UsagePoint>();
  let index = 0;
  for (const [place, name] of names.entries()) {
    const [, bucket = "", feature = "", group = ""] = name.split("\0");
    if (features !== undefined && !features.includes(feature)) continue;
    while (bucket >= member(bounds[index + 1] ?? 0)) index += 1;
    const [quantity, fraction, amount, count] = values
      .slice(4 * place, 4 * place + 4)
      .map((value) => BigInt(value ?? 0));
    const key = JSON.stringify([index, feature, group]);
    const before = sums.get(key);
    const total = totalOf(before) + (quantity ?? 0n) * UNIT + (fraction ?? 0n);
    sums.set(key, {
      index,
      feature,
      group,
      quantity: total / UNIT,
      quantityFraction: total % UNIT,
      amount: (before?.amount ?? 0n) + (amount ?? 0n),
      count: (before?.count ?? 0) + Number(count),
    });
  }
  return [...sums.values()];
}

function totalOf(point: UsagePoint | undefined): bigint {
  return point === undefined ? 0n : point.quantity * UNIT + point.quantityFraction;
}

/** Names in one command. */
const MOST_AT_ONCE = 5_000;

/** At most `limit` rows, the index first: what an index no longer names is not seen. */
export async function prune(call: Call, keys: PartKeys, query: PruneQuery): Promise<number> {
  if (typeof query.what === "object") return pruneEntries(call, keys, query.what, query.limit);
  const [at, index, hash] =
    query.what === "events"
      ? (["events:at", "events", "event"] as const)
      : (["receipts:at", "receipts", "receipt"] as const);
  const page = ["LIMIT", "0", String(Math.min(query.limit, MOST_AT_ONCE))];
  const range = ["-inf", `(${query.before}`, "BYSCORE", ...page];
  const old = (await call.read("ZRANGE", keys.of(at), ...range)) as readonly string[];
  const names = query.upToPosition === undefined ? old : await readBy(call, keys, query);
  if (names.length === 0) return 0;
  if (query.what === "receipts") await forgetKeys(call, keys, names);
  await call.write("ZREM", keys.of(index), ...names);
  await call.write("HDEL", keys.of(hash), ...names);
  await call.write("ZREM", keys.of(at), ...names);
  return names.length;
}

/** Events before an instant, at or before a position. Their own order is that of positions. */
async function readBy(
  call: Call,
  keys: PartKeys,
  { before, upToPosition = 0, limit }: PruneQuery,
): Promise<readonly string[]> {
  const found: string[] = [];
  let from = FIRST;
  while (found.length < limit) {
    const page = ["BYLEX", "LIMIT", "0", String(MOST_AT_ONCE)];
    const to = `[${positionText(upToPosition)}`;
    const positions = (await call.read("ZRANGE", keys.of("events"), from, to, ...page)) as readonly string[];
    const last = positions.at(-1);
    if (last === undefined) break;
    const instants = (await call.read("ZMSCORE", keys.of("events:at"), ...positions)) as readonly string[];
    found.push(...positions.filter((_, index) => Number(instants[index]) < before));
    from = `(${last}`;
  }
  return found.slice(0, Math.min(limit, MOST_AT_ONCE));
}

async function forgetKeys(call: Call, keys: PartKeys, names: readonly string[]): Promise<void> {
  const texts = (await call.read("HMGET", keys.of("receipt"), ...names)) as readonly (string | null)[];
  const fields = texts.flatMap((text, at) => {
    const wallet = names[at]?.split("\0")[0] ?? "";
    return text === null ? [] : [member(wallet, (decode(text) as { readonly key: string }).key)];
  });
  if (fields.length > 0) await call.write("HDEL", keys.of("receipts:key"), ...fields);
}

async function pruneEntries(
  call: Call,
  keys: PartKeys,
  { entriesOf, upToSeq }: Extract<PruneQuery["what"], object>,
  limit: number,
): Promise<number> {
  const [from, to] = under(entriesOf.id);
  const page = ["BYLEX", "LIMIT", "0", String(Math.min(limit, MOST_AT_ONCE))];
  const first = (await call.read("ZRANGE", keys.of("entries"), from, to, ...page)) as readonly string[];
  const names = first.filter((name) => (name.split("\0")[2] ?? "") <= member(upToSeq));
  if (names.length === 0) return 0;
  await call.write("ZREM", keys.of("entries"), ...names);
  await call.write("HDEL", keys.of("entry"), ...names);
  return names.length;
}
