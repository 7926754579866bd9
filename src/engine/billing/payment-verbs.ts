import type { Catalog } from "../../catalog/define.js";
import { minorAmount, scaledAmount } from "../../catalog/inputs.js";
import { everyOf } from "../../catalog/recurring.js";
import { invalidInput } from "../../core/errors.js";
import type { AutoTopUpResult } from "../../core/results.js";
import type { AutoPurchase } from "../../core/top-up.js";
import { type TopUpTerms, priceOf } from "../../core/top-up-price.js";
import type { AutoTopUp, AutoTopUpChange, PaymentVerbs, TopUp, TopUpResult } from "../api-billing.js";
import type { Page } from "../api-read-results.js";
import { draftOfNow, writeDue } from "../due.js";
import { namesOf, parseRequest } from "../parse.js";
import { creditsOf, presentGrant } from "../present.js";
import { DEFAULT_PAGE, openCursor, sealCursor } from "../reads/page.js";
import { listRows } from "../reads/rows.js";
import { topUpFromRow } from "../record-rows.js";
import { walletSchema } from "../request-schemas.js";
import type { Services } from "../services.js";
import { type Settled, settleMutation } from "../settle-mutation.js";
import type { WalletHandle } from "../wallet-handles.js";
import { recordedPayment } from "./recorded-payment.js";
import { presentAutoTopUp, presentTopUp, presentTopUpResult } from "./present.js";
import { termsFor } from "./purchase.js";
import * as schemas from "./schemas.js";

/** What is said of money, and needs no provider. */
export function paymentVerbs<C extends Catalog>(services: Services): PaymentVerbs<C> {
  const during =
    <Result>(run: (services: Services, request: unknown) => Promise<Result>) =>
    (request: unknown): Promise<Result> =>
      services.during(() => run(services, request));
  return {
    recordPayment: during(recordPayment),
    topUps: during(topUps),
    setAutoTopUp: during(setAutoTopUp),
    removeAutoTopUp: during(removeAutoTopUp),
    resumeAutoTopUp: during(resumeAutoTopUp),
    autoTopUp: during(autoTopUp),
    markGrantPaid: during(async (_, request) => {
      const { input, text } = parseRequest(schemas.markGrantPaidSchema, request, "markGrantPaid");
      const { handle, local } = await services.handleOf("gr", input.grantId, "grant_not_found");
      const { result, replayed } = await settleMutation(services, handle, input, text, "grant", {
        kind: "markGrantPaid",
        grantId: local,
        paymentId: input.paymentId ?? null,
        invoiceUrl: input.invoiceUrl ?? null,
        receiptUrl: input.receiptUrl ?? null,
      });
      return {
        ...presentGrant(handle, result.grant),
        available: creditsOf(handle, result.available),
        replayed,
      };
    }),
  };
}

async function recordPayment(services: Services, request: unknown): Promise<TopUpResult> {
  const { input, text } = parseRequest(schemas.recordPaymentSchema, request, "recordPayment");
  const { handle, local } = await services.handleOf("tu", input.topUpId, "top_up_not_found");
  const told = await recordedPayment(services, { handle, topUpId: local }, input.payment);
  return presentTopUpResult(await settleMutation(services, handle, input, text, "topUp", told));
}

async function topUps(services: Services, request: unknown): Promise<Page<TopUp>> {
  const { input } = parseRequest(schemas.topUpsSchema, request, "topUps");
  const handle = services.handle(namesOf(input, input.currency));
  const { status, limit = DEFAULT_PAGE } = input;
  const wanted = status === undefined ? undefined : new Set([status].flat());
  const items: TopUp[] = [];
  let after = openCursor("topUps", handle.key, input.after);
  await writeDue(services, handle);
  do {
    const page = await listRows(
      services,
      { where: { wallet: handle.key }, kind: "records", record: "topUp" },
      after,
      limit - items.length,
    );
    for (const row of page.items) {
      const topUp = presentTopUp(handle, topUpFromRow(row));
      if (wanted === undefined || wanted.has(topUp.status)) items.push(topUp);
    }
    after = page.next;
  } while (after !== null && items.length < limit);
  return { items, next: sealCursor("topUps", handle.key, after) };
}

async function setAutoTopUp(services: Services, request: unknown): Promise<AutoTopUpChange> {
  const { input, text } = parseRequest(schemas.setAutoTopUpSchema, request, "setAutoTopUp");
  const handle = services.handle(namesOf(input, input.currency));
  const { scale } = handle.currency;
  const sold = termsFor(handle.currency, input.payIn, "setAutoTopUp");
  const threshold = scaledAmount(input.threshold, scale, "threshold", "any");
  const { count, money, every } = input.caps;
  if (count === undefined && money === undefined)
    throw invalidInput(
      "setAutoTopUp: give `caps.count`, `caps.money`, or both: without a cap it could run away.",
      {
        field: "caps",
      },
    );
  const settled = await settleMutation(services, handle, input, text, "autoTopUp", {
    kind: "setAutoTopUp",
    terms: {
      threshold,
      buys: buysOf(handle, sold, input, threshold),
      money: sold.money,
      caps: {
        count: count ?? null,
        money:
          money === undefined ? null : minorAmount({ amount: money, currency: sold.money }, "caps.money"),
        every: everyOf(every, "caps.every"),
      },
      expiresIn: input.expiresIn ?? sold.expiresIn,
    },
  });
  return presentChange(settled);
}

type ParsedAutoTopUp = ReturnType<typeof schemas.setAutoTopUpSchema.parse>;

function buysOf(
  { currency }: WalletHandle,
  sold: TopUpTerms,
  { target, packs }: ParsedAutoTopUp,
  threshold: bigint,
): AutoPurchase {
  const { scale } = currency;
  if ((target === undefined) === (packs === undefined))
    throw invalidInput("setAutoTopUp: say what to buy: `target` or `packs`, one of them.");
  if (target !== undefined) {
    const to = scaledAmount(target, scale, "target", "any");
    if (to <= threshold)
      throw invalidInput(
        "setAutoTopUp: `target` must be above `threshold`, else every purchase leads to the next.",
        {
          field: "target",
        },
      );
    if (sold.bands.length === 0) throw notByTheCredit(sold);
    return { target: to };
  }
  if (packs === undefined || "package" in packs) {
    const name = packs?.package ?? "";
    const pack = sold.packages.get(name);
    if (pack === undefined)
      throw invalidInput(
        `setAutoTopUp: there is no package "${name}" of "${currency.id}" in ${sold.money}.`,
        {
          field: "packs.package",
        },
      );
    return { packsOf: pack.credits, package: name };
  }
  const packsOf = scaledAmount(packs.of, scale, "packs.of", "positive");
  if (priceOf(sold, packsOf, scale) === null) throw notByTheCredit(sold);
  return { packsOf, package: null };
}

function notByTheCredit({ money }: TopUpTerms): Error {
  return invalidInput(
    `setAutoTopUp: credits are not sold by the credit in ${money}, or not so many; name a package in \`packs\`.`,
    { field: "packs" },
  );
}

async function removeAutoTopUp(services: Services, request: unknown): Promise<AutoTopUpChange> {
  const { input, text } = parseRequest(schemas.walletChangeSchema, request, "removeAutoTopUp");
  const handle = services.handle(namesOf(input, input.currency));
  const terms = { kind: "setAutoTopUp", terms: null } as const;
  return presentChange(await settleMutation(services, handle, input, text, "autoTopUp", terms));
}

async function resumeAutoTopUp(services: Services, request: unknown): Promise<AutoTopUpChange> {
  const { input, text } = parseRequest(schemas.walletChangeSchema, request, "resumeAutoTopUp");
  const handle = services.handle(namesOf(input, input.currency));
  const settled = await settleMutation(services, handle, input, text, "autoTopUp", {
    kind: "resumeAutoTopUp",
  });
  return presentChange(settled);
}

async function autoTopUp(services: Services, request: unknown): Promise<AutoTopUp | null> {
  const { input } = parseRequest(walletSchema, request, "autoTopUp");
  const handle = services.handle(namesOf(input, input.currency));
  const { wallet } = await draftOfNow(services, handle);
  const of = wallet.autoTopUp;
  return of === null || of.paused === "removed" ? null : presentAutoTopUp(handle, of, wallet.clock);
}

function presentChange({ handle, result, replayed }: Settled<AutoTopUpResult>): AutoTopUpChange {
  const { autoTopUp: of, at } = result;
  return { autoTopUp: of === null ? null : presentAutoTopUp(handle, of, at), replayed };
}
