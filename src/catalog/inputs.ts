import { UTCDate } from "@date-fns/utc";
import * as z from "zod";
import {
  MAX_AMOUNT,
  MAX_QUANTITY,
  QUANTITY_PLACES,
  formatScaled,
  parseDecimal,
  toScaled,
} from "../core/amounts.js";
import type { DecimalParts } from "../core/amounts.js";
import { DAY_MS, MAX_INSTANT, addDuration } from "../core/calendar.js";
import { decimalText } from "../core/decimal.js";
import { invalidInput } from "../core/errors.js";
import { minorPlaces } from "../core/money.js";
import { show } from "./parse-input.js";

/** Schemas of the values that cross the boundary, and the readers that need a scale beside them. */

export const decimalSchema = z.unknown().transform((value, context): DecimalParts => {
  const text = decimalText(value);
  const parts = text === undefined ? undefined : parseDecimal(text);
  if (parts !== undefined) return parts;
  context.addIssue(
    `must be a decimal number: a string of plain digits, a finite number, a bigint or a Decimal; got ${show(value)}`,
  );
  return z.NEVER;
});

const MAX_TEXT_BYTES = 255;

/** Ids and keys: compared by their bytes, so nothing is trimmed or folded. */
export function textSchema(maxBytes: number = MAX_TEXT_BYTES): z.ZodString {
  return z.string({ error: (issue) => `must be a string; got ${show(issue.input)}` }).check((payload) => {
    const message = problemOfText(payload.value, maxBytes);
    if (message !== null)
      payload.issues.push({ code: "custom", message, input: payload.value, continue: false });
  });
}

function problemOfText(text: string, maxBytes: number): string | null {
  if (text.length === 0) return "must not be empty";
  if (isPlain(text, maxBytes)) return null;
  if (text.length > maxBytes || byteLength(text) > maxBytes)
    return `must have at most ${maxBytes} bytes in UTF-8`;
  if (!text.isWellFormed() || text.includes("\u0000"))
    return "must be well-formed Unicode without NUL characters";
  return null;
}

const PRINTABLE_ASCII = /^[ -~]*$/;

/** What nearly every id and key is: a byte a character, none of them special. */
function isPlain(text: string, maxBytes: number): boolean {
  return text.length <= maxBytes && PRINTABLE_ASCII.test(text);
}

export const idSchema = textSchema();

const OFFSET_INSTANT = z.iso.datetime({ offset: true });

/** UTC milliseconds from a Date, a number, or an ISO 8601 text with an offset. */
export const instantSchema = z.unknown().transform((value, context): number => {
  const instant = instantOf(value);
  if (instant !== undefined && Number.isSafeInteger(instant) && Math.abs(instant) <= MAX_INSTANT)
    return instant;
  context.addIssue(
    `must be an instant: a valid Date, whole UTC milliseconds, or an ISO 8601 string with an offset ("2026-01-31T00:00:00Z"); got ${show(value)}`,
  );
  return z.NEVER;
});

/** Digits beyond milliseconds would be dropped in silence, so only zeros may stand there. */
const FINER_THAN_MS = /\.\d{3}\d*[1-9]/;

function instantOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "string")
    return OFFSET_INSTANT.safeParse(value).success && !FINER_THAN_MS.test(value)
      ? new UTCDate(value).getTime()
      : undefined;
  return Object.prototype.toString.call(value) === "[object Date]" ? Number(value) : undefined;
}

/** Any instant of today, and a length of time behind it, stays within the calendar of JavaScript. */
const LONGEST_MS = 10_000 * 366 * DAY_MS;

const durationPart = z.number().nonnegative().optional();
/** The calendar has no half of these. */
const wholeDurationPart = z.int().nonnegative().optional();

/** A date-fns `Duration` longer than nothing. */
export const durationSchema = z
  .strictObject({
    years: wholeDurationPart,
    months: wholeDurationPart,
    weeks: wholeDurationPart,
    days: wholeDurationPart,
    hours: durationPart,
    minutes: durationPart,
    seconds: durationPart,
  })
  .refine((duration) => Object.values(duration).some((part) => part !== undefined && part > 0), {
    error: "must be longer than nothing, as in { minutes: 10 }",
  })
  .refine((duration) => addDuration(0, duration) <= LONGEST_MS, {
    error: "must not be longer than 10,000 years; leave it out where there is no end",
  })
  .transform((duration) =>
    Object.fromEntries(Object.entries(duration).filter(([, part]) => part !== undefined)),
  );

/** As the runtime lists them, with the codes that are younger than the oldest runtime supported. */
const MONEY_CURRENCIES: ReadonlySet<string> = new Set([...Intl.supportedValuesOf("currency"), "XCG", "ZWG"]);

export const moneyCodeSchema = z
  .string()
  .refine((code) => MONEY_CURRENCIES.has(code), { error: "must be an ISO 4217 code such as USD" });

export const moneySchema = z.strictObject({ amount: decimalSchema, currency: moneyCodeSchema });

/** Scaled credits. Refuses more places than the scale, a wrong sign, and what a store cannot keep. */
export function scaledAmount(
  parts: DecimalParts,
  scale: number,
  field: string,
  sign: "positive" | "zeroOrMore" | "any" = "zeroOrMore",
): bigint {
  const scaled = toScaled(parts, scale);
  if (scaled === undefined)
    throw invalidInput(
      `\`${field}\` is ${textOf(parts)}, with ${parts.places} decimal places; this currency keeps ${scale}. Round it yourself, as you mean it.`,
      { field, scale },
    );
  return checkRange(scaled, { parts, largest: MAX_AMOUNT, field, sign });
}

export function scaledQuantity(
  parts: DecimalParts,
  field: string,
  sign: "positive" | "zeroOrMore" = "zeroOrMore",
): bigint {
  const scaled = toScaled(parts, QUANTITY_PLACES);
  if (scaled === undefined)
    throw invalidInput(
      `\`${field}\` is ${textOf(parts)}, with ${parts.places} decimal places; quantities keep ${QUANTITY_PLACES}. Round it yourself, as you mean it.`,
      { field },
    );
  return checkRange(scaled, { parts, largest: MAX_QUANTITY, field, sign });
}

/** Money in minor units. */
export function minorAmount(money: z.output<typeof moneySchema>, field: string): bigint {
  const places = minorPlaces(money.currency);
  const minor = toScaled(money.amount, places);
  if (minor === undefined)
    throw invalidInput(
      `\`${field}.amount\` is ${textOf(money.amount)}, with ${money.amount.places} decimal places; ${money.currency} has ${places}.`,
      { field },
    );
  return checkRange(minor, {
    parts: money.amount,
    largest: MAX_AMOUNT,
    field: `${field}.amount`,
    sign: "zeroOrMore",
  });
}

function checkRange(
  value: bigint,
  { parts, largest, field, sign }: { parts: DecimalParts; largest: bigint; field: string; sign: string },
): bigint {
  const magnitude = value < 0n ? -value : value;
  const is = `\`${field}\` is ${textOf(parts)}`;
  if (magnitude > largest)
    throw invalidInput(`${is}, which is too large to keep exactly. Ask for less.`, { field });
  if (sign === "positive" && value <= 0n) throw invalidInput(`${is}; it must be above zero.`, { field });
  if (sign === "zeroOrMore" && value < 0n) throw invalidInput(`${is}; it must not be negative.`, { field });
  return value;
}

function textOf({ digits, places }: DecimalParts): string {
  return formatScaled(digits, places);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
