import type { WalletNames } from "../../core/wallet.js";
import type { RecordRow } from "../../store/rows.js";
import { decodeJson, encodeJson } from "../json.js";
import { changeOwnRecords, ownNames } from "../own-records.js";
import { reading } from "../persevere.js";
import type { Services } from "../services.js";
import { loadOne } from "../store-access.js";

/** By part, the position up to which all is read. A part that is not here has not been read. */
export type Positions = ReadonlyMap<number, number>;

const PREFIX = "consumer:";
const REGISTRATION = { kind: "consumer", id: "registration" } as const;
const CURSOR = "cursor";

/** A consumer's cursors stand in a wallet of the engine's own. */
function consumerNames(consumer: string): WalletNames {
  return ownNames(`${PREFIX}${consumer}`);
}

/** Undefined: not the wallet of a consumer. */
export function consumerOf({ customerId, currency }: WalletNames): string | undefined {
  return customerId === "" && currency.startsWith(PREFIX) ? currency.slice(PREFIX.length) : undefined;
}

/** Null: there is no such consumer, or no more. */
export async function positionsOf(services: Services, consumer: string): Promise<Positions | null> {
  const handle = services.handle(consumerNames(consumer));
  const { records } = await reading(services.access, (patience) =>
    loadOne(services.access, { key: handle.key }, patience),
  );
  return isRegistered(records) ? positionsIn(records) : null;
}

/** From here on what it has not read is kept. What it had read before it was forgotten, if ever, does not count. */
export function register(services: Services, consumer: string, positions: Positions): Promise<void> {
  const registration = { ...REGISTRATION, open: true, data: encodeJson({ isForgotten: false }) };
  return changeOwnRecords(services, consumerNames(consumer), ({ open: records }) => {
    if (isRegistered(records)) return [];
    const forgotten = records.filter(({ kind, id }) => kind === CURSOR && !positions.has(Number(id)));
    const anew = new Map([...forgotten.map(({ id }) => [Number(id), 0] as const), ...positions]);
    return [registration, ...[...anew].map(cursorRow)];
  });
}

export function forget(services: Services, consumer: string): Promise<void> {
  const row = { ...REGISTRATION, open: true, data: encodeJson({ isForgotten: true }) };
  return changeOwnRecords(services, consumerNames(consumer), ({ open: records }) =>
    isRegistered(records) ? [row] : [],
  );
}

/** A place never goes back, whoever else reads under the same name. */
export function savePositions(services: Services, consumer: string, positions: Positions): Promise<void> {
  return changeOwnRecords(services, consumerNames(consumer), ({ open: records }) => {
    const kept = positionsIn(records);
    return [...positions].filter(([part, position]) => position > (kept.get(part) ?? 0)).map(cursorRow);
  });
}

function cursorRow([part, position]: readonly [number, number]): RecordRow {
  return { kind: CURSOR, id: String(part), open: true, data: encodeJson({ position }) };
}

function isRegistered(records: readonly RecordRow[]): boolean {
  const row = records.find(({ kind }) => kind === REGISTRATION.kind);
  return row !== undefined && !(decodeJson(row.data) as { readonly isForgotten: boolean }).isForgotten;
}

function positionsIn(records: readonly RecordRow[]): Map<number, number> {
  const cursors = records.filter(({ kind }) => kind === CURSOR);
  return new Map(
    cursors.map(({ id, data }) => [Number(id), (decodeJson(data) as { readonly position: number }).position]),
  );
}
