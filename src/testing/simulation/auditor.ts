import { Decimal } from "../../core/decimal.js";
import type { CreditError, CreditErrorCode } from "../../core/errors.js";
import type { Change } from "../../store/contract.js";
import { StoreError } from "../../store/errors.js";
import type { WalletKey } from "../../store/rows.js";
import { SIMULATED_TERMS, type SimulatedWallet } from "./catalog.js";
import type { Landed, LandedReceipt } from "./landed.js";
import type { Operation, Told, Try } from "./operation.js";
import type { Answer, Process } from "./process.js";
import type { Tally } from "./tally.js";

/** Refusals that say nothing of the wallet: the caller tries again. */
const UNANSWERED: ReadonlySet<CreditErrorCode> = new Set(["store_unavailable", "store_conflict"]);

/** Refusals that a well-formed request can meet, by the wallet's state alone. */
const DENIALS: ReadonlySet<CreditErrorCode> = new Set([
  "insufficient_credits",
  "grant_closed",
  "grant_not_found",
  "withdrawal_not_found",
  "reservation_not_found",
  "reservation_closed",
  "reservation_expired",
  "occurred_at_out_of_window",
  "invalid_input",
  "consent_required",
  "over_limit",
]);

export interface AuditorServices {
  readonly landed: Landed;
  readonly codes: Tally;
  readonly problem: (what: string) => void;
  /** Whether what has landed is known at once: then a read cannot be ahead of it either. */
  readonly isExact: boolean;
}

/**
 * Follows every answer that a client hears, and holds it against what the store has taken. It shares nothing with the
 * engine that answered.
 */
export class Auditor {
  constructor(private readonly services: AuditorServices) {}

  /** A request for this operation is sent to that process. @returns what takes the answer. */
  follow(operation: Operation, process: Process): (answer: Answer) => Told {
    const { landed } = this.services;
    const { place, key } = operation;
    const attempt: Try = { process, told: "unknown" };
    operation.tries.push(attempt);
    const from = landed.version(place);
    const wasApplied = landed.receipt(place, key) !== undefined;
    const readings = new Set<number>();
    const stop = process.watchClock(readings);
    return (answer) => {
      stop();
      attempt.told = this.told(operation, process, answer, wasApplied);
      if (answer.kind === "refused" && attempt.told === "not done" && DENIALS.has(answer.error.code)) {
        const { code } = answer.error;
        operation.denials.push({ code, from, to: landed.version(place), readings: [...readings] });
      }
      return attempt.told;
    };
  }

  private told(operation: Operation, process: Process, answer: Answer, wasApplied: boolean): Told {
    switch (answer.kind) {
      case "silence":
        return "unknown";
      case "defect":
        this.problem(operation, `the engine failed: ${String(answer.error)}`);
        return "unknown";
      case "ok":
        this.done(operation, process, answer.value);
        return "done";
      case "refused":
        return this.refused(operation, answer.error, wasApplied);
    }
  }

  private done(operation: Operation, process: Process, value: unknown): void {
    const { replayed } = value as { readonly replayed: boolean };
    const answer = textOf(value);
    if (operation.answer !== undefined && operation.answer !== answer)
      this.problem(operation, `two answers to one key: ${operation.answer} and ${answer}`);
    operation.answer ??= answer;
    operation.value ??= value;
    if (this.services.isExact && this.services.landed.receipt(operation.place, operation.key) === undefined)
      this.problem(operation, "was acknowledged, and is not written");
    if (replayed) return;
    if (operation.firsts.has(process)) this.problem(operation, "was told twice as done for the first time");
    operation.firsts.add(process);
  }

  private refused(operation: Operation, error: CreditError, wasApplied: boolean): Told {
    const { code, cause } = error;
    this.services.codes.add(code);
    if (UNANSWERED.has(code)) {
      return cause instanceof StoreError && cause.kind === "ambiguous" ? "unknown" : "not done";
    }
    if (!DENIALS.has(code)) this.problem(operation, `refused as ${code}: ${error.message}`);
    if (wasApplied) this.problem(operation, `denied as ${code}, though it had been done before`);
    return "not done";
  }

  /** The same key on another request, once the first was done. */
  contradicted(operation: Operation, answer: Answer): void {
    if (answer.kind === "silence") return;
    const code = answer.kind === "refused" ? answer.error.code : undefined;
    if (code !== undefined) this.services.codes.add(code);
    if (code === "idempotency_conflict" || (code !== undefined && UNANSWERED.has(code))) return;
    this.problem(operation, `its key was taken for another request: ${code ?? answer.kind}`);
  }

  /** A read that began when the wallet was at least at that version. */
  read(verb: string, wallet: SimulatedWallet, seen: ReadWindow, answer: Answer): void {
    if (answer.kind === "silence") return;
    if (answer.kind === "defect") {
      this.services.problem(`${verb} failed: ${String(answer.error)}`);
      return;
    }
    if (answer.kind === "refused") {
      this.services.codes.add(answer.error.code);
      if (!UNANSWERED.has(answer.error.code))
        this.services.problem(`${verb} was refused: ${answer.error.message}`);
      return;
    }
    if (verb === "balance") this.balance(wallet, seen, answer.value as BalanceSeen);
    if (verb === "verifyLedger" && !(answer.value as { readonly ok: boolean }).ok)
      this.services.problem(`verifyLedger: ${JSON.stringify(answer.value)}`);
  }

  private balance(wallet: SimulatedWallet, { place, from, readings }: ReadWindow, seen: BalanceSeen): void {
    const { landed, isExact } = this.services;
    const { version } = seen;
    if (version < from || (isExact && version > landed.version(place)))
      this.services.problem(
        `a balance of version ${version} was read while ${from} to ${landed.version(place)} were stored`,
      );
    const head = landed.at(place, version)?.head;
    if (
      head === undefined ||
      (head.dueAt !== null && [...readings].some((reading) => reading >= (head.dueAt ?? 0)))
    )
      return;
    const terms = SIMULATED_TERMS.currencies[wallet.currency];
    const scale = "scale" in terms ? terms.scale : DEFAULT_SCALE;
    const scaled = seen.balance.times(new Decimal(10).pow(scale)).toFixed();
    if (scaled !== head.balance.toString())
      this.services.problem(
        `a balance of ${scaled} was read at version ${version}, which has ${head.balance}`,
      );
  }

  /** Once nothing is on its way any more: what a process surely did not do has not come from it. */
  conclude(operations: Iterable<Operation>): void {
    const { landed } = this.services;
    for (const operation of operations) {
      const receipt = landed.receipt(operation.place, operation.key);
      if (receipt === undefined) {
        if (operation.answer !== undefined)
          this.problem(operation, "was acknowledged, and is not in the books");
        continue;
      }
      this.checkFirsts(operation, receipt);
      const process = this.originOf.get(receipt.change);
      const own = operation.tries.filter((attempt) => attempt.process === process);
      if (own.length > 0 && own.every(({ told }) => told === "not done"))
        this.problem(operation, "was done by the process that told that it was not");
    }
  }

  /** A process sends these changes. */
  sent(process: Process, changes: readonly Change[]): void {
    for (const change of changes) {
      this.originOf.set(change, process);
      for (const { key, operationId } of change.receipts) {
        const name = decisionOf(change.key, key, operationId);
        const deciders = this.deciders.get(name) ?? new Set();
        this.deciders.set(name, deciders.add(process));
      }
    }
  }

  /**
   * Two processes may decide the very same thing, at one instant on one version: what one of them wrote is then, to the
   * byte, what the other one sent as well, and may be told by both as theirs. Nobody else may.
   */
  private checkFirsts(operation: Operation, { operationId }: LandedReceipt): void {
    const deciders = this.deciders.get(decisionOf(operation.place, operation.key, operationId));
    for (const process of operation.firsts)
      if (deciders?.has(process) !== true)
        this.problem(operation, "was told as done for the first time by a process that did not decide it so");
  }

  private readonly originOf = new WeakMap<Change, Process>();
  private readonly deciders = new Map<string, Set<Process>>();

  private problem({ verb, key, request }: Operation, what: string): void {
    this.services.problem(`${verb} ${key}: ${what}. Request: ${JSON.stringify(request)}`);
  }
}

const DEFAULT_SCALE = 6;

export interface ReadWindow {
  readonly place: WalletKey;
  readonly from: number;
  readonly readings: ReadonlySet<number>;
}

interface BalanceSeen {
  readonly version: number;
  readonly balance: Decimal;
}

/** An answer as one text, whether or not it is a repeat. */
function textOf(value: unknown): string {
  return JSON.stringify({ ...(value as object), replayed: undefined });
}

function decisionOf({ id }: WalletKey, key: string, operationId: string): string {
  return `${id} ${key} ${operationId}`;
}
