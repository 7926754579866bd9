import { expect, it } from "vitest";
import { MAX_AMOUNT } from "../../src/core/amounts.js";
import { TestWallet, grantRequest } from "./support.js";

it("a reversal cannot bring a wallet's open credits past what can be kept, though some are owed", () => {
  const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
  wallet.grant("chat", 5, { features: ["chat"] });
  const { id } = wallet.withdraw([["chat", 5]]);
  wallet.withdraw(10);
  wallet.decide(grantRequest(MAX_AMOUNT, { features: ["chat"] }), ["most"]);
  const [outcome] = wallet.together([{ kind: "reverse", withdrawalId: id, amount: null, regrant: null }]);
  expect(outcome).toMatchObject({ code: "over_limit" });
});
