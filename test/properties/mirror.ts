/** Runs each call on the real engine and on the model, and says where they differ. */
import { CreditError, createCreditEngine, defineCatalog } from "../../src/index.js";
import { memoryStore } from "../../src/stores/memory.js";
import {
  type ModelCatalog,
  type ModelOutcome,
  type ModelWalletKey,
  type ReferenceModel,
  createReferenceModel,
} from "../../src/testing/model/index.js";
import { brokenBooks, brokenWithdrawal } from "./books.js";
import { FIELDS, areFaults, differences, hasFault } from "./compare.js";
import { START } from "./play.js";
import { type Plain, type PlainRecord, only, plainRecord, show } from "./plain.js";
import { type Call, UNKNOWN } from "./world.js";

type Verbs = Record<string, (request: unknown) => Promise<unknown>>;

interface Page {
  readonly items: readonly unknown[];
  readonly next: string | null;
}

/** What one side shows of a wallet. */
interface Books {
  readonly balance: PlainRecord;
  readonly grants: readonly PlainRecord[];
  readonly entries: readonly PlainRecord[];
}

const ID_FIELDS = ["grantId", "withdrawalId", "reservationId"] as const;

export class Mirror {
  readonly model: ReferenceModel;
  now = START;
  /** Whether anything was refused: from then on the stored instant of a wallet may be later than the model's. */
  hasRefused = false;
  private readonly store = memoryStore();
  private processes: Verbs[];
  private process = 0;
  private minted = 0;
  private readonly engineIds = new Map<string, string>();
  private readonly modelIds = new Map<string, string>();

  constructor(private readonly catalog: ModelCatalog) {
    this.model = createReferenceModel(catalog);
    this.processes = [this.freshEngine(), this.freshEngine()];
  }

  private freshEngine(): Verbs {
    return createCreditEngine({
      catalog: defineCatalog(this.catalog as never),
      store: this.store,
      clock: () => this.now,
      ids: () => {
        this.minted += 1;
        return this.minted.toString().padStart(12, "0");
      },
    }) as unknown as Verbs;
  }

  /** Forgets all that is cached: other processes on the same store. */
  restart(): void {
    this.processes = [this.freshEngine(), this.freshEngine()];
  }

  /** Goes on with a step: at its instant, on its process. What was cached before clocks went back is forgotten. */
  proceed(at: number, process: number): void {
    if (at < this.now) this.restart();
    this.now = at;
    this.process = process;
  }

  private async ask(verb: string, request: unknown): Promise<unknown> {
    const engine = this.processes[this.process];
    const method = engine?.[verb];
    if (method === undefined) throw new Error(`The engine has no ${verb}.`);
    return method.call(engine, request);
  }

  private toEngine(call: Call): PlainRecord {
    const request: Record<string, unknown> = { ...call.request };
    for (const field of ID_FIELDS) {
      const id = request[field];
      if (typeof id === "string") request[field] = this.engineIds.get(id) ?? UNKNOWN;
    }
    return request as PlainRecord;
  }

  private pair(modelId: unknown, engineId: unknown): void {
    if (typeof modelId !== "string" || typeof engineId !== "string") return;
    if (this.engineIds.has(modelId) || this.modelIds.has(engineId)) return;
    this.engineIds.set(modelId, engineId);
    this.modelIds.set(engineId, modelId);
  }

  private readonly toModelId = (id: string): string => this.modelIds.get(id) ?? id;

  private async onEngine(call: Call): Promise<ModelOutcome<object>> {
    try {
      return { ok: true, value: (await this.ask(call.verb, this.toEngine(call))) as { replayed: boolean } };
    } catch (error) {
      if (CreditError.is(error)) return { ok: false, code: error.code };
      throw error;
    }
  }

  /** Applies one call on both sides and returns the model's outcome with every difference there is. */
  async apply(call: Call): Promise<{ outcome: ModelOutcome; broken: string[] }> {
    const { outcomes, broken } = await this.applyTogether([call]);
    const [outcome] = outcomes;
    if (outcome === undefined) throw new Error("One call, one outcome.");
    return { outcome, broken };
  }

  /** Sends calls together, none waiting for another; the model decides them one by one in the same order. */
  async applyTogether(calls: readonly Call[]): Promise<{ outcomes: ModelOutcome[]; broken: string[] }> {
    const outcomes = calls.map((call): ModelOutcome<object> =>
      this.model.apply(this.now, call.verb, call.request),
    );
    const reals = await Promise.all(calls.map(async (call) => this.onEngine(call)));
    this.hasRefused ||= outcomes.some((outcome) => !outcome.ok || outcome.value.replayed);
    const both = calls.flatMap((call, index) => {
      const [outcome, real] = [outcomes[index], reals[index]];
      return outcome === undefined || real === undefined ? [] : [{ call, outcome, real }];
    });
    for (const { outcome, real } of both) {
      if (!outcome.ok || !real.ok || !("id" in outcome.value) || !("id" in real.value)) continue;
      this.pair(outcome.value.id, real.value.id);
    }
    const anyDone = outcomes.some((outcome) => outcome.ok) || reals.some((real) => real.ok);
    const books = anyDone ? await this.compareBooks() : [];
    const results = both.flatMap(({ call, outcome, real }) => this.compareOutcomes(call, outcome, real));
    return { outcomes, broken: [...results, ...books] };
  }

  private compareOutcomes(call: Call, outcome: ModelOutcome<object>, real: ModelOutcome<object>): string[] {
    if (!outcome.ok || !real.ok) {
      const [expected, got] = [outcome, real].map((each) => (each.ok ? "ok" : each.code));
      const agrees = expected === got || (areFaults(expected, got) && hasFault(call));
      return agrees ? [] : [`outcome: model ${expected}, engine ${got}`];
    }
    const fields = FIELDS[call.verb];
    const got = plainRecord(real.value, this.toModelId);
    const results = differences("result", only(plainRecord(outcome.value), fields), only(got, fields));
    const own = call.verb === "withdraw" || call.verb === "capture" ? brokenWithdrawal(got) : [];
    return [...results, ...own];
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

  private async engineBooks(wallet: ModelWalletKey): Promise<Books> {
    const grants = await this.all("grants", wallet);
    const known = this.model.grants(this.now, wallet);
    for (const [index, grant] of grants.entries()) this.pair(known[index]?.id, (grant as { id: string }).id);
    const rename = this.toModelId;
    const entries = await this.all("ledger", wallet);
    return {
      balance: plainRecord(await this.ask("balance", wallet), rename),
      grants: grants.map((grant) => plainRecord(grant, rename)),
      entries: entries.map((entry) => plainRecord(entry, rename)),
    };
  }

  private modelBooks(wallet: ModelWalletKey): Books {
    return {
      balance: plainRecord(this.model.balance(this.now, wallet)),
      grants: this.model.grants(this.now, wallet).map((grant) => plainRecord(grant)),
      entries: this.model.ledger(this.now, wallet).map((entry) => plainRecord(entry)),
    };
  }

  /** Compares what both sides show of every wallet, and checks the laws on what the engine shows. */
  async compareBooks(): Promise<string[]> {
    const broken: string[] = [];
    for (const wallet of this.model.wallets()) {
      const name = `${wallet.customerId}/${wallet.scope ?? ""}/${wallet.currency}`;
      const [mine, theirs] = [this.modelBooks(wallet), await this.engineBooks(wallet)];
      const found = [
        ...differences("balance", only(mine.balance, FIELDS.balance), only(theirs.balance, FIELDS.balance)),
        ...compareLists("grant", FIELDS.grants, mine.grants, theirs.grants),
        ...compareLists("entry", FIELDS.ledger, mine.entries, theirs.entries),
        ...compareOperations(mine.entries, theirs.entries),
        ...brokenBooks(theirs.balance, theirs.grants, theirs.entries).map((what) => `law ${what}`),
      ];
      broken.push(...found.map((what) => `${name} ${what}`));
    }
    return broken;
  }

  async verify(): Promise<string[]> {
    const broken: string[] = [];
    for (const wallet of this.model.wallets()) {
      const verdict = (await this.ask("verifyLedger", wallet)) as { ok: boolean };
      if (!verdict.ok) broken.push(`verifyLedger: ${JSON.stringify(verdict)}`);
    }
    return broken;
  }
}

function compareLists(
  name: string,
  fields: readonly string[],
  expected: readonly PlainRecord[],
  got: readonly PlainRecord[],
): string[] {
  const pairs = Array.from({ length: Math.max(expected.length, got.length) }, (_, index) => index);
  return pairs.flatMap((index) =>
    differences(`${name} ${index + 1}`, only(expected[index] ?? {}, fields), only(got[index] ?? {}, fields)),
  );
}

/** Entries of one request bear one operation's id, and no other's; what time did bears none of a request. */
function compareOperations(expected: readonly PlainRecord[], got: readonly PlainRecord[]): string[] {
  const engineOf = new Map<Plain, Plain>();
  const modelOf = new Map<Plain, Plain>();
  return expected.flatMap((entry, index) => {
    const [mine, theirs] = [entry["operationId"], got[index]?.["operationId"]];
    const isDue = show(mine).startsWith("due:");
    if (!engineOf.has(mine)) engineOf.set(mine, theirs);
    if (!modelOf.has(theirs)) modelOf.set(theirs, mine);
    const agrees = (isDue || engineOf.get(mine) === theirs) && modelOf.get(theirs) === mine;
    return agrees ? [] : [`entry ${index + 1}: operation ${show(theirs)} for ${show(mine)}`];
  });
}
