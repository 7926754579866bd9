import * as z from "zod";
import type { Catalog } from "../catalog/define.js";
import { idSchema, textSchema } from "../catalog/inputs.js";
import { plainCopy } from "../catalog/plain.js";
import type { CatalogVersion, CatalogVersionVerbs, SyncedCatalog } from "./api-catalog.js";
import { canonicalJson, decodeJson, encodeJson } from "./json.js";
import { sha256 } from "./ledger-hash.js";
import { changeOwnRecords, ownNames } from "./own-records.js";
import { parseRequest } from "./parse.js";
import { LONGEST_REASON } from "./request-schemas.js";
import type { Services } from "./services.js";

/** The catalogs that code brought to the store, as versions. */
export function catalogVersionVerbs(services: Services, definition: string): CatalogVersionVerbs {
  return {
    syncCatalog: (request = {}) => services.during(() => syncCatalog(services, definition, request)),
    catalogVersions: (request = {}) => services.during(() => catalogVersions(services, request)),
  };
}

/** As canonical JSON: equal catalogs have equal ones. What goes on for ever in one that was tampered with is refused. */
export function definitionOf({ currencies, features, plans }: Catalog): string {
  return canonicalJson(plainCopy({ currencies, features, plans }, "createCreditEngine"));
}

const NAMES = ownNames("catalog-versions");
const CURRENT = { kind: "current", id: "current" } as const;
const VERSION = "version";
const HASH_LENGTH = 16;
const DEFAULT_LIMIT = 20;
const MOST_LISTED = 100;

const syncSchema = z.strictObject({
  actor: idSchema.optional(),
  reason: textSchema(LONGEST_REASON).optional(),
});

const listSchema = z.strictObject({
  before: z.int().min(1).optional(),
  limit: z.int().min(1).max(MOST_LISTED).optional(),
});

interface Current {
  readonly version: number;
  readonly hash: string;
  readonly syncedAt: number;
}

interface Kept extends Current {
  readonly definition: string;
  readonly actor: string | null;
  readonly reason: string | null;
}

async function syncCatalog(services: Services, definition: string, request: unknown): Promise<SyncedCatalog> {
  const { input } = parseRequest(syncSchema, request, "syncCatalog");
  const hash = Buffer.from(sha256(definition)).toString("hex").slice(0, HASH_LENGTH);
  let synced: Current & { readonly isNew: boolean } = { version: 0, hash, syncedAt: 0, isNew: false };
  await changeOwnRecords(services, NAMES, ({ open }) => {
    const current = currentIn(open);
    if (current?.hash === hash) {
      synced = { ...current, isNew: false };
      return [];
    }
    const next = { version: (current?.version ?? 0) + 1, hash, syncedAt: services.now() };
    const kept: Kept = { ...next, definition, actor: input.actor ?? null, reason: input.reason ?? null };
    synced = { ...next, isNew: true };
    return [
      { ...CURRENT, open: true, data: encodeJson(next) },
      { kind: VERSION, id: String(next.version), open: false, data: encodeJson(kept) },
    ];
  });
  const { version, syncedAt, isNew } = synced;
  return { version, hash, isNew, syncedAt: new Date(syncedAt) };
}

function currentIn(
  records: readonly { readonly kind: string; readonly data: string }[],
): Current | undefined {
  const row = records.find(({ kind }) => kind === CURRENT.kind);
  return row === undefined ? undefined : (decodeJson(row.data) as Current);
}

async function catalogVersions(services: Services, request: unknown): Promise<readonly CatalogVersion[]> {
  const { input } = parseRequest(listSchema, request, "catalogVersions");
  const { key } = services.handle(NAMES);
  const current = currentIn((await services.snapshotOf({ key })).records);
  const newest = Math.min(current?.version ?? 0, (input.before ?? Infinity) - 1);
  const count = Math.min(newest, input.limit ?? DEFAULT_LIMIT);
  const records = Array.from({ length: count }, (_, index) => ({
    kind: VERSION,
    id: String(newest - index),
  }));
  const { asked } = await services.snapshotOf({ key, records });
  return asked.records
    .map(({ data }) => decodeJson(data) as Kept)
    .sort((a, b) => b.version - a.version)
    .map(({ version, hash, syncedAt, actor, reason, definition }) => ({
      version,
      hash,
      syncedAt: new Date(syncedAt),
      actor,
      reason,
      definition: JSON.parse(definition) as Record<string, unknown>,
    }));
}
