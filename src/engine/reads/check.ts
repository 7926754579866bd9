import { QUANTITY_PLACES } from "../../core/amounts.js";
import { plansAt } from "../../core/attachments.js";
import { affordable } from "../../core/afford.js";
import { decide } from "../../core/decide.js";
import { type Decimal, Decimal as DecimalClass, toDecimal } from "../../core/decimal.js";
import type { Draft } from "../../core/draft.js";
import { CreditError } from "../../core/errors.js";
import { type LineRequest, rateLine } from "../../core/lines.js";
import { needsOf } from "../../core/needs.js";
import type { WithdrawRequest } from "../../core/requests.js";
import type { Result } from "../../core/results.js";
import type { Check, Estimate } from "../api-read-results.js";
import { NOTHING_ASKED, askAlso, knownFrom, readOf } from "../known-rows.js";
import { ofKind } from "../settle-mutation.js";
import { namesOf, parseRequest, usageOf } from "../parse.js";
import { creditsOf, presentDraw, presentLine } from "../present.js";
import { checkSchema } from "../request-schemas.js";
import type { Services } from "../services.js";
import type { WalletHandle } from "../wallet-handles.js";
import { draftOfNow } from "../due.js";

interface Trial {
  readonly handle: WalletHandle;
  readonly draft: Draft;
  readonly request: WithdrawRequest;
}

/** Would it pass, and how much of it would? The very decision that `withdraw` makes, dropped. */
export async function check(services: Services, request: unknown): Promise<Check> {
  const trial = await trialOf(services, request, "check");
  return checked(trial, attempt(trial, false));
}

/** What `check` says, and the draws that the withdrawal would make. */
export async function estimate(services: Services, request: unknown): Promise<Estimate> {
  const trial = await trialOf(services, request, "estimate");
  const outcome = attempt(trial, false);
  const facts = checked(trial, outcome);
  const partial = outcome instanceof CreditError ? attempt(trial, true) : outcome;
  const { handle } = trial;
  const zero = new DecimalClass(0);
  if (partial instanceof CreditError) {
    const { wallet, now } = trial.draft;
    const plans = plansAt(wallet, handle.terms.catalog, Math.min(trial.request.occurredAt ?? now, now));
    const lines = trial.request.lines.map((line) => presentLine(handle, rateLine(handle.terms, line, plans)));
    return { ...facts, draws: [], lines, overdraft: zero, overage: zero, shortfall: facts.price };
  }
  const result = ofKind(partial, "withdrawal");
  return {
    ...facts,
    draws: result.draws.map((draw) => presentDraw(handle, draw)),
    lines: result.lines.map((line) => presentLine(handle, line)),
    overdraft: creditsOf(handle, result.overdraft),
    overage: creditsOf(handle, result.overage),
    shortfall: creditsOf(handle, result.shortfall),
  };
}

async function trialOf(services: Services, request: unknown, verb: string): Promise<Trial> {
  const { input } = parseRequest(checkSchema, request, verb);
  const { currency, lines } = usageOf(services.catalog, input, verb);
  const handle = services.handle(namesOf(input, currency.id));
  const withdrawal: WithdrawRequest = {
    kind: "withdraw",
    lines,
    occurredAt: input.occurredAt ?? null,
    partial: false,
  };
  const draft = await draftOfNow(services, handle, input.consistency);
  return { handle, draft: await withKnown(services, handle, draft, withdrawal), request: withdrawal };
}

/** Late use may draw on grants that have closed since: these are read beside the wallet. */
async function withKnown(
  services: Services,
  handle: WalletHandle,
  draft: Draft,
  request: WithdrawRequest,
): Promise<Draft> {
  const needs = needsOf(request, draft.wallet, draft.known, draft.now);
  if (needs.lapsedSince === undefined) return draft;
  const read = { key: handle.key, ...readOf(askAlso(NOTHING_ASKED, [needs])) };
  const snapshot = await services.snapshotOf(read);
  draft.known = knownFrom(snapshot, draft.now);
  return draft;
}

function attempt({ draft, request }: Trial, partial: boolean): Result | CreditError {
  const mark = draft.mark();
  try {
    return decide(draft, { ...request, partial }, { actor: null, reason: null }).result;
  } catch (error) {
    if (error instanceof CreditError && isDenial(error)) return error;
    throw error;
  } finally {
    draft.rollBack(mark);
  }
}

function isDenial(error: CreditError): boolean {
  return (
    error.code === "insufficient_credits" ||
    error.code === "budget_exceeded" ||
    error.code === "consent_required"
  );
}

function checked(trial: Trial, outcome: Result | CreditError): Check {
  const { draft, handle, request } = trial;
  const { available, largest } = affordable(draft, request.lines, request.occurredAt);
  const limits = {
    available: creditsOf(handle, available),
    affordable: largest === null ? null : affordableDecimal(handle, request.lines, largest),
    resetsAt: outcome instanceof CreditError ? resetOf(outcome) : null,
  };
  if (outcome instanceof CreditError)
    return {
      ...limits,
      allowed: false,
      reason: reasonOf(outcome),
      price: new DecimalClass(String(outcome.details["price"])),
      wouldOverdraw: false,
    };
  const result = ofKind(outcome, "withdrawal");
  return {
    ...limits,
    allowed: true,
    reason: "ok",
    price: creditsOf(handle, result.price),
    wouldOverdraw: result.overdraft + result.overage > 0n,
  };
}

/** When the budget that denies begins anew. */
function resetOf({ code, details }: CreditError): Date | null {
  return code === "budget_exceeded" ? new Date(Number(details["resetsAt"])) : null;
}

function reasonOf({ code }: CreditError): Check["reason"] {
  return code === "consent_required" || code === "budget_exceeded" ? code : "insufficient_credits";
}

function affordableDecimal(handle: WalletHandle, lines: readonly LineRequest[], largest: bigint): Decimal {
  const [only] = lines;
  if (only === undefined || lines.length > 1) return toDecimal(largest, 0);
  return "amount" in only ? creditsOf(handle, largest) : toDecimal(largest, QUANTITY_PLACES);
}
