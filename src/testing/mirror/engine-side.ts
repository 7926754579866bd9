import { type Catalog, defineCatalog } from "../../catalog/define.js";
import { CreditError } from "../../core/errors.js";
import type { Call } from "../arbitraries/calls.js";
import { UNKNOWN } from "../arbitraries/made.js";
import type { ModelCatalog } from "../model/catalog.js";
import type { ModelWalletKey } from "../model/model.js";
import type { ModelOutcome } from "../model/results.js";
import type { Books } from "./books.js";
import { type PlainRecord, plainRecord } from "./plain.js";

type Verbs = Record<string, (request: unknown) => Promise<unknown>>;

interface Page {
  readonly items: readonly unknown[];
  readonly next: string | null;
}

/** What an engine under test must be created with, so that a sequence means the same each time it is played. */
export interface MirrorParts {
  readonly catalog: Catalog;
  readonly clock: () => number;
  readonly ids: () => string;
}

export type CreateEngine = (parts: MirrorParts) => object;

const ID_FIELDS = ["grantId", "withdrawalId", "reservationId"] as const;

/** The engine's side of a mirror: two processes on one store, spoken to with the model's ids. */
export class EngineSide {
  private readonly catalog: Catalog;
  private processes: readonly Verbs[];
  private process = 0;
  private minted = 0;
  private readonly engineIds = new Map<string, string>();
  private readonly modelIds = new Map<string, string>();

  constructor(
    catalog: ModelCatalog,
    private readonly createEngine: CreateEngine,
    private readonly clock: () => number,
  ) {
    // The model's catalog is a part of the engine's, whose types know every name.
    this.catalog = defineCatalog(catalog as never);
    this.processes = this.start();
  }

  private start(): readonly Verbs[] {
    const ids = () => {
      this.minted += 1;
      return this.minted.toString().padStart(12, "0");
    };
    const { catalog, clock } = this;
    return [0, 1].map(() => this.createEngine({ catalog, clock, ids }) as Verbs);
  }

  /** Other processes on the same store, which remember nothing. */
  restart(): void {
    this.processes = this.start();
  }

  /** From here on this process is asked. */
  use(process: number): void {
    this.process = process;
  }

  private async ask(verb: string, request: unknown): Promise<unknown> {
    const engine = this.processes[this.process];
    const method = engine?.[verb];
    if (method === undefined) throw new Error(`The engine has no ${verb}.`);
    return method.call(engine, request);
  }

  private async all(verb: string, request: object): Promise<unknown[]> {
    const items: unknown[] = [];
    let after: string | null = null;
    do {
      const page = (await this.ask(verb, after === null ? request : { ...request, after })) as Page;
      items.push(...page.items);
      after = page.next;
    } while (after !== null && after !== undefined);
    return items;
  }

  private named(call: Call): PlainRecord {
    const request: Record<string, unknown> = { ...call.request };
    for (const field of ID_FIELDS) {
      const id = request[field];
      if (typeof id === "string") request[field] = this.engineIds.get(id) ?? UNKNOWN;
    }
    return request as PlainRecord;
  }

  /** From here on one id stands for the other. */
  pair(modelId: unknown, engineId: unknown): void {
    if (typeof modelId !== "string" || typeof engineId !== "string") return;
    if (this.engineIds.has(modelId) || this.modelIds.has(engineId)) return;
    this.engineIds.set(modelId, engineId);
    this.modelIds.set(engineId, modelId);
  }

  readonly toModelId = (id: string): string => this.modelIds.get(id) ?? id;

  async perform(call: Call): Promise<ModelOutcome<object>> {
    try {
      return { ok: true, value: (await this.ask(call.verb, this.named(call))) as { replayed: boolean } };
    } catch (error) {
      if (CreditError.is(error)) return { ok: false, code: error.code };
      throw error;
    }
  }

  /** What a wallet shows; its grants are those that the model knows by these ids, in order. */
  async books(wallet: ModelWalletKey, knownGrants: readonly string[]): Promise<Books> {
    const grants = await this.all("grants", wallet);
    for (const [index, grant] of grants.entries())
      this.pair(knownGrants[index], (grant as { id: string }).id);
    const entries = await this.all("ledger", wallet);
    return {
      balance: plainRecord(await this.ask("balance", wallet), this.toModelId),
      grants: grants.map((grant) => plainRecord(grant, this.toModelId)),
      entries: entries.map((entry) => plainRecord(entry, this.toModelId)),
    };
  }

  /** What `verifyLedger` finds wrong. */
  async verify(wallet: ModelWalletKey): Promise<readonly string[]> {
    const verdict = (await this.ask("verifyLedger", wallet)) as { ok: boolean };
    return verdict.ok ? [] : [`verifyLedger: ${JSON.stringify(verdict)}`];
  }
}
