import { describe, expect, it } from "vitest";
import { parseInput } from "../../src/catalog/parse-input.js";
import { compilePolicy } from "../../src/catalog/policy.js";
import { policySchema } from "../../src/catalog/schema.js";
import { refusal } from "../core/support.js";

const NOW = 1_000;
const compile = (policy: unknown, now: number | null = NOW) =>
  compilePolicy(parseInput(policySchema, policy, "setPolicy"), 2, "policy", now);
const price = { amount: "0.0150", currency: "USD" };

describe("a policy", () => {
  it("is `hard`", () => {
    expect(compile({ mode: "hard" })).toEqual({ mode: "hard" });
  });

  it("or `soft`, with a limit or none", () => {
    expect(compile({ mode: "soft" })).toEqual({ mode: "soft", limit: null });
    expect(compile({ mode: "soft", limit: "0.5" })).toEqual({ mode: "soft", limit: 50n });
    expect(compile({ mode: "soft", limit: 0 })).toEqual({ mode: "soft", limit: 0n });
  });

  it("or `overage`, at any decimal price", () => {
    const plain = {
      mode: "overage",
      price: { amount: "0.015", currency: "USD" },
      limit: null,
      consent: null,
    };
    expect(compile({ mode: "overage", price })).toEqual(plain);
    expect(compile({ mode: "overage", price, limit: 3 })).toEqual({ ...plain, limit: 300n });
    expect(compile({ mode: "overage", price, consent: "required" })).toEqual({
      ...plain,
      consent: "required",
    });
    expect(compile({ mode: "overage", price: { ...price, amount: 0 } })).toMatchObject({
      price: { amount: "0" },
    });
  });

  it("with a recorded consent: who, when, up to what", () => {
    const consented = (consent: unknown) => compile({ mode: "overage", price, consent });
    expect(consented({ by: "ann" })).toMatchObject({ consent: { by: "ann", at: NOW, limit: null } });
    expect(consented({ by: "ann", at: 5, limit: 1 })).toMatchObject({
      consent: { by: "ann", at: 5, limit: 100n },
    });
  });

  it("records no consent in a catalog, where nobody can give it", () => {
    const inCatalog = (consent: unknown) => () => compile({ mode: "overage", price, consent }, null);
    const refused = {
      code: "invalid_input",
      message:
        '`policy.consent` must be "required" in a catalog; record a customer\'s consent with setPolicy.',
      details: {},
    };
    expect(refusal(inCatalog({ by: "ann" }))).toMatchObject({ code: refused.code, message: refused.message });
    expect(refusal(inCatalog({ by: "ann", at: 5 })).message).toBe(refused.message);
    expect(inCatalog("required")()).toMatchObject({ consent: "required" });
  });

  it("makes sense, or says where not", () => {
    const message = (policy: unknown) => refusal(() => compile(policy)).message;
    expect(message({ mode: "overage", price: { ...price, amount: -1 } })).toContain("policy.price.amount");
    expect(message({ mode: "soft", limit: -1 })).toContain("policy.limit");
    expect(message({ mode: "soft", limit: "0.001" })).toContain("policy.limit");
    expect(message({ mode: "overage", price, consent: { by: "ann", limit: -1 } })).toContain(
      "policy.consent.limit",
    );
    expect(message({ mode: "overage" })).toContain("price");
    expect(message({ mode: "hard", limit: 1 })).toContain("limit");
    expect(message({ mode: "overage", price: { amount: 1, currency: "dollars" } })).toContain(
      "price.currency",
    );
  });
});
