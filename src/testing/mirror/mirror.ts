import type { Call } from "../arbitraries/calls.js";
import { nextCall } from "../arbitraries/next-call.js";
import type { Step } from "../arbitraries/sequences.js";
import type { ModelCatalog } from "../model/catalog.js";
import { type ModelWalletKey, type ReferenceModel, createReferenceModel } from "../model/model.js";
import type { ModelOutcome } from "../model/results.js";
import { type Books, brokenWithdrawal } from "./books.js";
import { compareBooks } from "./compare-books.js";
import { FIELDS, areFaults, differences, hasFault } from "./compare.js";
import type { Coverage } from "./coverage.js";
import { type CreateEngine, EngineSide } from "./engine-side.js";
import { only, plainRecord } from "./plain.js";

export interface MirrorOptions {
  readonly catalog: ModelCatalog;
  /** Where the clock starts, in UTC milliseconds. */
  readonly startsAt: number;
  /**
   * Makes an engine on the store under test. Two are made, for two processes, and two more after each restart: all on
   * the same store, which is empty at first.
   */
  readonly createEngine: CreateEngine;
  /** Counts what the runs have met. Give the same one to many mirrors. */
  readonly coverage?: Coverage;
}

/** The engine did otherwise than the reference model: what differs, and all that was asked before. */
export class MirrorDifference extends Error {
  override readonly name = "MirrorDifference";
  constructor(
    readonly differences: readonly string[],
    readonly history: readonly string[],
  ) {
    super(
      `The engine and the reference model differ:\n${differences.join("\n")}\nafter\n${history.join("\n")}`,
    );
  }
}

/**
 * An engine and the reference model side by side. Each step is played on both, and every result, balance, grant and
 * entry is compared, and held against the laws of conservation.
 *
 * @example
 * ```ts
 * import { createCreditEngine } from "coffer";
 * import { memoryStore } from "coffer/memory";
 * import { creditArbitraries, Mirror } from "coffer/testing";
 * import fc from "fast-check";
 *
 * const { catalogs, steps } = creditArbitraries(fc);
 * const [catalog] = fc.sample(catalogs(), 1);
 * if (catalog === undefined) throw new Error("no catalog");
 * const store = memoryStore();
 * const mirror = new Mirror({
 *   catalog,
 *   startsAt: Date.UTC(2026, 0, 1),
 *   createEngine: (parts) => createCreditEngine({ ...parts, store }),
 * });
 * for (const step of fc.sample(steps(), 20)) await mirror.play(step);
 * await mirror.finish();
 * ```
 */
export class Mirror {
  readonly model: ReferenceModel;
  now: number;
  /** Whether anything was refused: from then on the stored instant of a wallet may be later than the model's. */
  hasRefused = false;
  readonly calls: Call[] = [];
  private readonly history: string[] = [];
  private readonly engine: EngineSide;
  private readonly coverage: Coverage | undefined;

  constructor({ catalog, startsAt, createEngine, coverage }: MirrorOptions) {
    this.now = startsAt;
    this.model = createReferenceModel(catalog);
    this.engine = new EngineSide(catalog, createEngine, () => this.now);
    this.coverage = coverage;
  }

  /**
   * Plays a step on both sides. A step that names a thing where none was made yet means nothing, and is passed over.
   *
   * @throws MirrorDifference
   */
  async play(step: Step): Promise<void> {
    const { at, call } = nextCall(this.model, step, this.calls, this.now, !this.hasRefused);
    this.proceed(at, step.process);
    if (call === undefined) return;
    this.calls.push(call);
    const { outcome, broken } = await this.apply(call);
    this.history.push(
      `${this.now} ${call.verb} ${JSON.stringify(call.request)} → ${JSON.stringify(outcome)}`,
    );
    this.coverage?.call(call, outcome);
    this.expectNone(broken);
  }

  /**
   * Verifies each ledger, and compares all books once more as new processes see them.
   *
   * @throws MirrorDifference
   */
  async finish(): Promise<void> {
    this.expectNone(await this.verify());
    this.restart();
    this.expectNone(await this.compareBooks());
    for (const wallet of this.model.wallets()) {
      this.coverage?.books(this.model.ledger(this.now, wallet), this.model.grants(this.now, wallet));
    }
  }

  private expectNone(broken: readonly string[]): void {
    if (broken.length > 0) throw new MirrorDifference(broken, this.history);
  }

  /** Forgets all that is cached: other processes on the same store. */
  restart(): void {
    this.engine.restart();
  }

  /** Goes on to an instant, on one process. What was cached before clocks went back is forgotten. */
  proceed(at: number, process: number): void {
    if (at < this.now) this.restart();
    this.now = at;
    this.engine.use(process);
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
    const reals = await Promise.all(calls.map(async (call) => this.engine.perform(call)));
    this.hasRefused ||= outcomes.some((outcome) => !outcome.ok || outcome.value.replayed);
    const both = calls.flatMap((call, index) => {
      const [outcome, real] = [outcomes[index], reals[index]];
      return outcome === undefined || real === undefined ? [] : [{ call, outcome, real }];
    });
    for (const { outcome, real } of both) {
      if (!outcome.ok || !real.ok || !("id" in outcome.value) || !("id" in real.value)) continue;
      this.engine.pair(outcome.value.id, real.value.id);
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
    const got = plainRecord(real.value, this.engine.toModelId);
    const results = differences("result", only(plainRecord(outcome.value), fields), only(got, fields));
    const own = call.verb === "withdraw" || call.verb === "capture" ? brokenWithdrawal(got) : [];
    return [...results, ...own];
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
      const known = this.model.grants(this.now, wallet).map(({ id }) => id);
      const engineBooks = await this.engine.books(wallet, known);
      // Reading made durable what was due on the engine's side: should the clock go back now, it stays.
      this.model.advance(this.now, wallet);
      const found = compareBooks(this.modelBooks(wallet), engineBooks);
      broken.push(...found.map((what) => `${name} ${what}`));
    }
    return broken;
  }

  async verify(): Promise<string[]> {
    const broken: string[] = [];
    for (const wallet of this.model.wallets()) broken.push(...(await this.engine.verify(wallet)));
    return broken;
  }
}
