import type * as z from "zod";
import { currencyOf } from "../catalog/catalog.js";
import { scaledAmount, scaledQuantity } from "../catalog/inputs.js";
import { costOf, restrictionOf } from "../catalog/recurring.js";
import { compilePolicy } from "../catalog/policy.js";
import { compileThresholds } from "../catalog/thresholds.js";
import { CreditError, type CreditErrorCode, invalidInput } from "../core/errors.js";
import type { CaptureOf } from "../core/requests.js";
import type { Result } from "../core/results.js";
import { isOperationId } from "../core/entry.js";
import type { IdKind } from "./ids.js";
import { itemLines, namesOf, parseRequest, usageOf } from "./parse.js";
import * as schemas from "./request-schemas.js";
import type { Services } from "./services.js";
import type { WalletHandle } from "./wallet-handles.js";
import { type Settled, settleMutation } from "./settle-mutation.js";

const DEFAULT_PRIORITY = 50;

/** The verbs that change a wallet: each parses its request at the boundary, once, and queues it. */
export class Mutations {
  constructor(private readonly services: Services) {}

  async grant(request: unknown): Promise<Settled<Extract<Result, { kind: "grant" }>>> {
    const { input, text } = parseRequest(schemas.grantSchema, request, "grant");
    const { catalog } = this.services;
    const handle = this.services.handle(namesOf(input, input.currency));
    const { currency } = handle;
    return settleMutation(this.services, handle, input, text, "grant", {
      kind: "grant",
      amount: scaledAmount(input.amount, currency.scale, "amount", "positive"),
      category: input.category,
      cost: costOf(input.category, input.cost),
      source: input.source ?? input.category,
      priority: input.priority ?? DEFAULT_PRIORITY,
      effectiveAt: input.effectiveAt ?? null,
      expiresAt: input.expiresAt ?? null,
      features: restrictionOf(catalog.features, currency, input.features),
      displayName: input.displayName ?? null,
      metadata: input.metadata ?? null,
      awaitsPayment: input.awaitsPayment ?? false,
    });
  }

  async withdraw(request: unknown): Promise<Settled<Extract<Result, { kind: "withdrawal" }>>> {
    const { input, text } = parseRequest(schemas.withdrawSchema, request, "withdraw");
    const { currency, lines } = usageOf(this.services.catalog, input, "withdraw");
    const handle = this.services.handle(namesOf(input, currency.id));
    return settleMutation(this.services, handle, input, text, "withdrawal", {
      kind: "withdraw",
      lines,
      occurredAt: input.occurredAt ?? null,
      partial: input.partial ?? false,
    });
  }

  async reserve(request: unknown): Promise<Settled<Extract<Result, { kind: "reservation" }>>> {
    const { input, text } = parseRequest(schemas.reserveSchema, request, "reserve");
    const { currency, lines } = usageOf(this.services.catalog, input, "reserve");
    const handle = this.services.handle(namesOf(input, currency.id));
    return settleMutation(this.services, handle, input, text, "reservation", {
      kind: "reserve",
      lines,
      expiresIn: input.expiresIn,
    });
  }

  async capture(request: unknown): Promise<Settled<Extract<Result, { kind: "withdrawal" }>>> {
    const { input, text } = parseRequest(schemas.captureSchema, request, "capture");
    const { handle, local } = await this.find("rs", input.reservationId, "reservation_not_found");
    return settleMutation(this.services, handle, input, text, "withdrawal", {
      kind: "capture",
      reservationId: local,
      of: this.captureOf(input, handle),
      final: input.final ?? true,
      strict: input.strict ?? false,
    });
  }

  private captureOf(input: z.output<typeof schemas.captureSchema>, { currency }: WalletHandle): CaptureOf {
    const { quantity, amount, items } = input;
    if ([quantity, amount, items].filter((way) => way !== undefined).length > 1)
      throw invalidInput(
        "capture: give one of `quantity`, `amount` and `items`, or none for the whole hold.",
      );
    if (quantity !== undefined) return { quantity: scaledQuantity(quantity, "quantity") };
    if (amount !== undefined) return { amount: scaledAmount(amount, currency.scale, "amount") };
    if (items === undefined) return { all: true };
    if (items.length === 0)
      throw invalidInput("capture: `items` must hold at least one item.", { field: "items" });
    return { items: itemLines(this.services.catalog, items, "capture") };
  }

  async release(request: unknown): Promise<Settled<Extract<Result, { kind: "reservation" }>>> {
    const { input, text } = parseRequest(schemas.releaseSchema, request, "release");
    const { handle, local } = await this.find("rs", input.reservationId, "reservation_not_found");
    return settleMutation(this.services, handle, input, text, "reservation", {
      kind: "release",
      reservationId: local,
    });
  }

  async extend(request: unknown): Promise<Settled<Extract<Result, { kind: "reservation" }>>> {
    const { input, text } = parseRequest(schemas.extendSchema, request, "extend");
    const { handle, local } = await this.find("rs", input.reservationId, "reservation_not_found");
    return settleMutation(this.services, handle, input, text, "reservation", {
      kind: "extend",
      reservationId: local,
      expiresIn: input.expiresIn,
    });
  }

  async voidGrant(request: unknown): Promise<Settled<Extract<Result, { kind: "grant" }>>> {
    const { input, text } = parseRequest(schemas.voidGrantSchema, request, "voidGrant");
    const { handle, local } = await this.find("gr", input.grantId, "grant_not_found");
    return settleMutation(this.services, handle, input, text, "grant", { kind: "voidGrant", grantId: local });
  }

  async amendGrant(request: unknown): Promise<Settled<Extract<Result, { kind: "grant" }>>> {
    const { input, text } = parseRequest(schemas.amendGrantSchema, request, "amendGrant");
    const { expiresAt, priority, displayName, metadata } = input;
    if ([expiresAt, priority, displayName, metadata].every((change) => change === undefined))
      throw invalidInput(
        "amendGrant: give at least one of `expiresAt`, `priority`, `displayName`, `metadata`.",
      );
    const { handle, local } = await this.find("gr", input.grantId, "grant_not_found");
    return settleMutation(this.services, handle, input, text, "grant", {
      kind: "amendGrant",
      grantId: local,
      expiresAt,
      priority,
      displayName,
      metadata,
    });
  }

  async adjust(request: unknown): Promise<Settled<Extract<Result, { kind: "adjustment" }>>> {
    const { input, text } = parseRequest(schemas.adjustSchema, request, "adjust");
    const handle = this.services.handle(namesOf(input, input.currency));
    const amount = scaledAmount(input.amount, handle.currency.scale, "amount", "any");
    if (amount === 0n) throw invalidInput("adjust: `amount` must not be zero.", { field: "amount" });
    const grantId = input.grantId === undefined ? null : await this.localGrant(handle, input.grantId);
    return settleMutation(this.services, handle, input, text, "adjustment", {
      kind: "adjust",
      amount,
      grantId,
    });
  }

  async reverse(request: unknown): Promise<Settled<Extract<Result, { kind: "reversal" }>>> {
    const { input, text } = parseRequest(schemas.reverseSchema, request, "reverse");
    const { handle, local } = await this.find("wd", input.withdrawalId, "withdrawal_not_found");
    if (!isOperationId(local))
      throw new CreditError(
        "withdrawal_not_found",
        `"${input.withdrawalId}" is no id of a withdrawal. Pass the \`id\` that withdraw or capture returned.`,
        { withdrawalId: input.withdrawalId },
      );
    const { regrant = false } = input;
    const terms =
      regrant === true
        ? { expiresAt: null }
        : regrant === false
          ? null
          : { expiresAt: regrant.expiresAt ?? null };
    return settleMutation(this.services, handle, input, text, "reversal", {
      kind: "reverse",
      withdrawalId: local,
      amount: this.optionalAmount(handle, input.amount),
      regrant: terms,
    });
  }

  async refundGrant(request: unknown): Promise<Settled<Extract<Result, { kind: "refund" }>>> {
    const { input, text } = parseRequest(schemas.refundGrantSchema, request, "refundGrant");
    const { handle, local } = await this.find("gr", input.grantId, "grant_not_found");
    return settleMutation(this.services, handle, input, text, "refund", {
      kind: "refundGrant",
      grantId: local,
      amount: this.optionalAmount(handle, input.amount),
    });
  }

  async setPolicy(request: unknown): Promise<Settled<Extract<Result, { kind: "policy" }>>> {
    const { input, text } = parseRequest(schemas.setPolicySchema, request, "setPolicy");
    const handle = this.services.handle(namesOf(input, input.currency));
    const { scale } = currencyOf(this.services.catalog, input.currency);
    const policy =
      input.policy === null ? null : compilePolicy(input.policy, scale, "policy", this.services.now());
    return settleMutation(this.services, handle, input, text, "policy", { kind: "setPolicy", policy });
  }

  async setThresholds(request: unknown): Promise<Settled<Extract<Result, { kind: "thresholds" }>>> {
    const { input, text } = parseRequest(schemas.setThresholdsSchema, request, "setThresholds");
    const handle = this.services.handle(namesOf(input, input.currency));
    const thresholds =
      input.thresholds === null
        ? null
        : compileThresholds(input.thresholds, handle.currency.scale, "thresholds");
    return settleMutation(this.services, handle, input, text, "thresholds", {
      kind: "setThresholds",
      thresholds,
    });
  }

  private optionalAmount(
    { currency }: WalletHandle,
    amount: Parameters<typeof scaledAmount>[0] | undefined,
  ): bigint | null {
    return amount === undefined ? null : scaledAmount(amount, currency.scale, "amount", "positive");
  }

  private find(kind: IdKind, id: string, missing: CreditErrorCode): ReturnType<Services["handleOf"]> {
    return this.services.handleOf(kind, id, missing);
  }

  private async localGrant(handle: WalletHandle, id: string): Promise<string> {
    const found = await this.find("gr", id, "grant_not_found");
    if (found.handle.key.id === handle.key.id) return found.local;
    throw new CreditError("grant_not_found", `Grant "${id}" belongs to another wallet.`, { grantId: id });
  }
}
