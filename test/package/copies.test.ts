/** An app may load coffer twice, once as ESM and once as CJS: an error of one copy is an error to the other. */
import { createRequire } from "node:module";
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { builtFile, requireBuild } from "./support.js";

beforeAll(requireBuild);

type ErrorClass = (new (code: string, message: string) => Error) & {
  readonly is: (error: unknown, code?: string) => boolean;
};

const moduleSchema = z.object({
  CreditError: z.custom<ErrorClass>((value) => typeof value === "function" && "is" in value),
});

async function copies(): Promise<readonly [esm: ErrorClass, cjs: ErrorClass]> {
  const esm: unknown = await import(builtFile("coffer", ".js"));
  const cjs: unknown = createRequire(import.meta.url)(builtFile("coffer", ".cjs"));
  return [
    moduleSchema.parse({ ...Object(esm) }).CreditError,
    moduleSchema.parse({ ...Object(cjs) }).CreditError,
  ];
}

test("the two copies are two classes", async () => {
  const [esm, cjs] = await copies();
  expect(esm).not.toBe(cjs);
  expect(new esm("invalid_input", "x")).not.toBeInstanceOf(cjs);
});

test("CreditError.is recognises the other copy's errors, by code too", async () => {
  const [esm, cjs] = await copies();
  for (const [thrower, catcher] of [
    [esm, cjs],
    [cjs, esm],
  ] as const) {
    const error = new thrower("grant_not_found", "x");
    expect(catcher.is(error)).toBe(true);
    expect(catcher.is(error, "grant_not_found")).toBe(true);
    expect(catcher.is(error, "grant_closed")).toBe(false);
  }
});

test("CreditError.is refuses everything else", async () => {
  const [esm] = await copies();
  for (const value of [new Error("x"), { code: "grant_not_found" }, null, undefined, "grant_not_found"]) {
    expect(esm.is(value)).toBe(false);
  }
});

type AnyFunction = (options?: object) => unknown;

const anyFunction = z.custom<AnyFunction>((value) => typeof value === "function");

/** What entry points export, of whichever copy. */
function functionsOf(...modules: readonly unknown[]): Readonly<Record<string, AnyFunction>> {
  const exported = Object.assign({}, ...modules) as Readonly<Record<string, unknown>>;
  const functions = Object.entries(exported).filter(([, value]) => anyFunction.safeParse(value).success);
  return Object.fromEntries(functions) as Readonly<Record<string, AnyFunction>>;
}

const dispatcherSchema = z.object({ run: z.custom<() => Promise<unknown>>() });

test("reports of one copy are of an engine of the other", async () => {
  const require = createRequire(import.meta.url);
  const esm = (name: string): Promise<unknown> => import(builtFile(name, ".js"));
  const cjs = async (name: string): Promise<unknown> => require(builtFile(name, ".cjs")) as unknown;
  for (const [one, other] of [
    [esm, cjs],
    [cjs, esm],
  ] as const) {
    const finance = z.object({ revenueReport: z.custom<(credits: unknown, span: object) => unknown>() });
    const { revenueReport } = finance.parse({ ...Object(await other("coffer/finance")) });
    const { createCreditEngine, defineCatalog, memoryStore } = functionsOf(
      await one("coffer"),
      await one("coffer/memory"),
    );
    const catalog = defineCatalog?.({ currencies: { tokens: { name: "Tokens" } }, features: {} });
    const credits = createCreditEngine?.({ catalog, store: memoryStore?.() });
    expect(await revenueReport(credits, { from: 0, to: 1 })).toMatchObject({ rows: [], entries: 0 });
  }
});

test("a dispatcher of one copy works on an engine of the other", async () => {
  const require = createRequire(import.meta.url);
  const esm = (name: string): Promise<unknown> => import(builtFile(name, ".js"));
  const cjs = async (name: string): Promise<unknown> => require(builtFile(name, ".cjs")) as unknown;
  for (const [one, other] of [
    [esm, cjs],
    [cjs, esm],
  ] as const) {
    const { createCreditEngine, defineCatalog, memoryStore, webhookDispatcher } = functionsOf(
      await one("coffer"),
      await one("coffer/memory"),
      await other("coffer/webhooks"),
    );
    const catalog = defineCatalog?.({ currencies: { tokens: { name: "Tokens" } }, features: {} });
    const credits = createCreditEngine?.({ catalog, store: memoryStore?.() });
    const secrets = [`whsec_${"A".repeat(32)}`];
    const endpoints = [{ id: "crm", url: "https://example.com/", secrets }];
    const dispatcher = dispatcherSchema.parse(webhookDispatcher?.({ credits, endpoints }));
    expect(await dispatcher.run()).toMatchObject([{ endpointId: "crm", delivered: 0, isElsewhere: false }]);
  }
});
