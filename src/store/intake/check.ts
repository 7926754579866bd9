import type { Change, Read, Snapshot, StoreLimits } from "../contract.js";
import { StoreError } from "../errors.js";
import type { ListQuery } from "../queries.js";
import { BytePool } from "./byte-pool.js";
import { checkKind } from "./cursor.js";
import { partNumber, refuse } from "./intake.js";
import { checkPageSize, checkWithin } from "./limits.js";
import { readingGiven } from "./reading.js";
import { nameOf, takeChanges, takeKey } from "./take-change.js";

/**
 * Refuses changes that break the contract, by all that can be seen without looking at the wallets: values that no
 * database holds, versions that do not follow, rows that stand twice, and what is beyond the limits. Call it before
 * anything is sent.
 *
 * @throws {StoreError} `limit` or `permanent`.
 *
 * @example
 * ```ts
 * import { type Change, checkChanges, type StoreLimits } from "coffer/store";
 *
 * function commit(limits: StoreLimits, changes: readonly Change[]): void {
 *   checkChanges(changes, limits); // before anything is sent
 * }
 * ```
 */
export function checkChanges(changes: readonly Change[], limits: StoreLimits): void {
  readingGiven("checkChanges", () => takeChanges(new BytePool(), changes, limits));
}

/**
 * Refuses reads that one transact cannot take.
 *
 * @throws {StoreError} `limit` for too many wallets; `unsupported` for wallets of several parts, where the limits say
 * so; `permanent` for what are no reads.
 */
export function checkReads(reads: readonly Read[], limits: StoreLimits): void {
  readingGiven("checkReads", () => refuseReads(reads, limits));
}

function refuseReads(reads: readonly Read[], limits: StoreLimits): void {
  checkWithin(reads.length, limits.walletsPerTransact, "wallets in a transact");
  const [first] = reads;
  if (!limits.transactAcrossParts && reads.some(({ key }) => key.part !== first?.key.part)) {
    throw new StoreError("unsupported", "this store does not transact across parts");
  }
}

/**
 * What `decide` returned, if it is an array of changes, each decided on a snapshot that it was given.
 *
 * @throws {StoreError} `permanent`, and what `checkChanges` throws.
 */
export function checkDecided(
  decided: unknown,
  snapshots: readonly Snapshot[],
  limits: StoreLimits,
): readonly Change[] {
  return readingGiven("checkDecided", () => {
    if (!Array.isArray(decided)) refuse("decide must return its changes at once, in an array");
    // Each row of it is checked next.
    const changes = decided as readonly Change[];
    checkChanges(changes, limits);
    checkWereRead(changes, snapshots);
    return changes;
  });
}

/** Refuses a change of a wallet that was not read, or not at that version. */
export function checkWereRead(
  changes: readonly Pick<Change, "key" | "expect">[],
  snapshots: readonly Snapshot[],
): void {
  const versions = new Map(snapshots.map(({ key, version }) => [nameOf(key), version]));
  for (const { key, expect } of changes) {
    const version = versions.get(nameOf(key));
    if (version === undefined) refuse(`wallet ${nameOf(key)} is changed but was not read`);
    if (version !== expect) refuse(`wallet ${nameOf(key)} was read at version ${version}, not ${expect}`);
  }
}

/**
 * Refuses a listing of an unknown kind, of an impossible place, or of too many rows a page.
 *
 * @throws {StoreError} `limit` or `permanent`.
 */
export function checkListQuery(query: ListQuery): void {
  readingGiven("checkListQuery", () => {
    const { kind, where, limit } = query;
    checkKind(kind);
    checkPageSize(limit);
    if ("wallet" in where) takeKey(where.wallet);
    else partNumber(where.part, "where.part");
  });
}
