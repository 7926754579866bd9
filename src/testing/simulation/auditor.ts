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
    const attempt: Try = {
      process,
      began: ++this.moment,
      ended: Infinity,
      told: "unknown",
      wasDenied: false,
      replayed: undefined,
    };
    operation.tries.push(attempt);
    const from = landed.version(place);
    const wasApplied = landed.receipt(place, key) !== undefined;
    const readings = new Set<number>();
    const stop = process.watchClock(readings);
    return (answer) => {
      stop();
      attempt.ended = ++this.moment;
      attempt.told = this.told(operation, attempt, answer, wasApplied);
      if (answer.kind === "refused" && attempt.told === "not done" && DENIALS.has(answer.error.code)) {
        attempt.wasDenied = true;
        const { code } = answer.error;
        operation.denials.push({ code, from, to: this.newest(place), readings: [...readings] });
      }
      return attempt.told;
    };
  }

  /** The newest version that an answer may come from: one that was sent may have landed, and be read, unheard of yet. */
  private newest(place: WalletKey): number {
    const { landed, isExact } = this.services;
    const version = landed.version(place);
    return isExact ? version : Math.max(version, this.sentVersions.get(place.id) ?? 0);
  }

  private told(operation: Operation, attempt: Try, answer: Answer, wasApplied: boolean): Told {
    switch (answer.kind) {
      case "silence":
        return "unknown";
      case "defect":
        this.problem(operation, `the engine failed: ${String(answer.error)}`);
        return "unknown";
      case "ok":
        this.done(operation, attempt, answer.value);
        return "done";
      case "refused":
        return this.refused(operation, answer.error, wasApplied);
    }
  }

  private done(operation: Operation, attempt: Try, value: unknown): void {
    const { replayed } = value as { readonly replayed: boolean };
    const answer = textOf(value);
    if (operation.answer !== undefined && operation.answer !== answer)
      this.problem(operation, `two answers to one key: ${operation.answer} and ${answer}`);
    operation.answer ??= answer;
    operation.value ??= value;
    if (this.services.isExact && this.services.landed.receipt(operation.place, operation.key) === undefined)
      this.problem(operation, "was acknowledged, and is not written");
    const { process } = attempt;
    if (!replayed && operation.tries.some((each) => each.process === process && each.replayed === false))
      this.problem(operation, "was told twice as done for the first time");
    const own = attempt;
    own.replayed = replayed;
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
      this.checkOrigin(operation, receipt);
      const { actor = null, reason = null } = operation.request;
      if (receipt.row.actor !== actor || receipt.row.reason !== reason)
        this.problem(operation, `bears ${receipt.row.actor} as actor and ${receipt.row.reason} as reason`);
    }
  }

  /** A process sends these changes. */
  sent(process: Process, changes: readonly Change[]): void {
    const at = ++this.moment;
    for (const change of changes) {
      this.sendings.set(change, { process, at });
      const { id } = change.key;
      this.sentVersions.set(id, Math.max(change.head.version, this.sentVersions.get(id) ?? 0));
      for (const { key, operationId } of change.receipts) {
        const name = decisionOf(change.key, key, operationId);
        const own = this.decisions.get(name) ?? [];
        this.decisions.set(name, own);
        own.push({ process, at });
      }
    }
  }

  /**
   * Two processes may decide the very same thing, at one instant on one version: what one of them wrote is then, to the
   * byte, what the other one sent as well, and may be told by both as theirs. Nobody else may, nor a later call.
   */
  private checkFirsts(operation: Operation, { row }: LandedReceipt): void {
    const decisions = this.decisions.get(decisionOf(operation.place, operation.key, row.operationId)) ?? [];
    for (const attempt of operation.tries)
      if (attempt.replayed === false && !decisions.some((sending) => isDuring(attempt, sending)))
        this.problem(operation, "was told as done for the first time by a call that did not decide it so");
  }

  /** What the process that did it has told of it: a denial is for good, and its own work is no repeat. */
  private checkOrigin(operation: Operation, { change }: LandedReceipt): void {
    const sending = this.sendings.get(change);
    if (sending === undefined) return;
    const own = operation.tries.filter(({ process }) => process === sending.process);
    const during = own.filter((attempt) => isDuring(attempt, sending));
    const denied = own.some(({ wasDenied, ended }) => wasDenied && ended > sending.at);
    if (denied || during.some(({ told }) => told === "not done"))
      this.problem(operation, "was done by the process that told that it was not");
    else if (own.length > 0 && own.every(({ told }) => told === "not done"))
      this.problem(operation, "was done by a process after it had told that it was not");
    if (
      during.length === 1 &&
      during[0]?.replayed === true &&
      own.every(({ replayed }) => replayed !== false)
    )
      this.problem(operation, "was told as a repeat by the call that did it");
  }

  private moment = 0;
  private readonly sendings = new WeakMap<Change, Sending>();
  private readonly sentVersions = new Map<string, number>();
  private readonly decisions = new Map<string, Sending[]>();

  private problem({ verb, key, request }: Operation, what: string): void {
    this.services.problem(`${verb} ${key}: ${what}. Request: ${JSON.stringify(request)}`);
  }
}

const DEFAULT_SCALE = 6;

interface Sending {
  readonly process: Process;
  readonly at: number;
}

function isDuring({ process, began, ended }: Try, sending: Sending): boolean {
  return process === sending.process && began < sending.at && sending.at < ended;
}

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
