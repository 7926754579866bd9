import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { calcPrice } from "@pydantic/genai-prices";
import { Decimal } from "coffer";

/** What a provider asks for a model, in USD per million tokens. */
interface ListPrice {
  readonly provider: string;
  readonly model: string;
  readonly input: Decimal;
  readonly output: Decimal;
}

export interface PriceList {
  readonly source: string;
  readonly version: string;
  /** The prices in force on this day. */
  readonly asOf: string;
  readonly models: readonly ListPrice[];
}

/** The models on offer, and what share of the requests goes to each. */
export const MODELS = [
  { provider: "openai", model: "gpt-5", share: 20 },
  { provider: "openai", model: "gpt-5-mini", share: 25 },
  { provider: "anthropic", model: "claude-opus-4-5", share: 10 },
  { provider: "anthropic", model: "claude-haiku-4-5", share: 15 },
  { provider: "google", model: "gemini-2.5-flash", share: 20 },
  { provider: "google", model: "gemini-2.5-flash-lite", share: 10 },
] as const;

const SOURCE = "@pydantic/genai-prices";

/** A fixed day: a price that changes later must not change what the demo prints. */
const AS_OF = "2026-01-01";

export function readPriceList(): PriceList {
  const models = MODELS.map(({ provider, model }) => listPrice(provider, model));
  return { source: SOURCE, version: sourceVersion(), asOf: AS_OF, models };
}

function listPrice(provider: string, model: string): ListPrice {
  const found = calcPrice({ input_tokens: 1, output_tokens: 1 }, model, {
    providerId: provider,
    timestamp: new Date(`${AS_OF}T00:00:00Z`),
  });
  if (found === null) throw new Error(`${SOURCE} knows no price of ${provider}/${model}.`);
  const { input_mtok: input, output_mtok: output } = found.model_price;
  // A price in steps would need a rate per step; all models on offer have one flat price.
  if (typeof input !== "number" || typeof output !== "number")
    throw new Error(`${SOURCE} has no flat price of ${provider}/${model}.`);
  return { provider, model, input: exact(input), output: exact(output) };
}

/** The shortest decimal text of the number is what the price list says: 0.1, never 0.1000000000000000055…. */
function exact(price: number): Decimal {
  return new Decimal(String(price));
}

function sourceVersion(): string {
  // The package exports no manifest: it stands beside the folder of the entry point.
  const entryPoint = createRequire(import.meta.url).resolve(SOURCE);
  const manifest: unknown = JSON.parse(readFileSync(join(dirname(entryPoint), "../package.json"), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest)
    return String(manifest.version);
  throw new Error(`${SOURCE} does not say its version.`);
}
