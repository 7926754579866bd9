import { Decimal } from "../../core/decimal.js";

const MODEL_ID = /^[a-z]\d+$/;
/** Told by the engine alone, or by each in its own way. */
const APART: ReadonlySet<string> = new Set([
  "operationId",
  "rateVersion",
  "metadata",
  "scope",
  "hash",
  "replayed",
]);

type Plain = string | number | boolean | undefined | readonly Plain[] | { readonly [name: string]: Plain };

/** Pairs the ids of the engine and of the model as they turn up at the same place, and compares what both tell. */
export class Names {
  private readonly models = new Map<string, string>();
  private readonly engines = new Map<string, string>();

  toModel(engineId: string): string {
    return this.models.get(engineId) ?? "unknown";
  }

  /** What the model tells, and the engine otherwise. */
  differences(where: string, model: unknown, engine: unknown): readonly string[] {
    return this.compare(where, plain(model), plain(engine));
  }

  private compare(path: string, model: Plain, engine: Plain): readonly string[] {
    if (isList(model) && isList(engine)) {
      const [mine, theirs] = path.endsWith(".pins") ? [byAmount(model), byAmount(engine)] : [model, engine];
      const places = Array.from({ length: Math.max(mine.length, theirs.length) }, (_, index) => index);
      return places.flatMap((index) => this.compare(`${path}[${index}]`, mine[index], theirs[index]));
    }
    if (isRecord(model) && isRecord(engine))
      return Object.keys(model).flatMap((name) =>
        APART.has(name) ? [] : this.compare(`${path}.${name}`, model[name], engine[name]),
      );
    return this.isSame(model, engine)
      ? []
      : [`${path}: the model tells ${JSON.stringify(model)}, the engine ${JSON.stringify(engine)}`];
  }

  private isSame(model: Plain, engine: Plain): boolean {
    if (typeof model !== "string" || typeof engine !== "string" || !MODEL_ID.test(model))
      return model === engine;
    if (!this.models.has(engine) && !this.engines.has(model)) {
      this.models.set(engine, model);
      this.engines.set(model, engine);
    }
    return this.models.get(engine) === model;
  }
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

function isRecord(value: Plain): value is { readonly [name: string]: Plain } {
  return typeof value === "object" && !Array.isArray(value);
}

/** Pins have no order of their own. */
function byAmount(pins: readonly Plain[]): readonly Plain[] {
  const amount = (pin: Plain): string => (isRecord(pin) ? JSON.stringify(pin["amount"]) : "");
  return [...pins].sort((a, b) => (amount(a) < amount(b) ? -1 : amount(a) > amount(b) ? 1 : 0));
}

/** Decimals as texts, dates as milliseconds, nothing null: the form in which both sides agree. */
function plain(value: unknown): Plain {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (value instanceof Date) return value.getTime();
  if (Decimal.isDecimal(value)) return value.toFixed();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object") return undefined;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
}
