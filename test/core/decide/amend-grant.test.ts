import { describe, expect, it } from "vitest";
import { DAY, HOUR, START, TestWallet, refusal } from "../support.js";

describe("amending a grant", () => {
  it("changes its terms by one zero entry, never its credits", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { cost: 100 });
    const { grant, available } = wallet.amend("g", {
      expiresAt: START + DAY,
      priority: 7,
      displayName: "New",
      metadata: '{"a":1}',
    });
    expect(wallet.entries).toEqual([["amended", "g", 0]]);
    expect(wallet.written[0]).toMatchObject({ account: "grant", money: null, actor: "ann", reason: "why" });
    expect(grant).toMatchObject({
      expiresAt: START + DAY,
      priority: 7,
      displayName: "New",
      metadata: '{"a":1}',
      remaining: 10,
      cost: { total: 100 },
    });
    expect(available).toBe(10);
  });

  it("leaves alone what is not named, and clears what is null", () => {
    const wallet = new TestWallet();
    const terms = { expiresAt: START + DAY, priority: 7, displayName: "Name", metadata: "{}" };
    wallet.grant("g", 10, terms);
    expect(wallet.amend("g", {}).grant).toMatchObject(terms);
    expect(wallet.amend("g", { displayName: null }).grant).toMatchObject({ ...terms, displayName: null });
    expect(wallet.amend("g", { metadata: null }).grant).toMatchObject({ metadata: null, priority: 7 });
    expect(wallet.amend("g", { expiresAt: null }).grant).toMatchObject({ expiresAt: null, priority: 7 });
    expect(wallet.amend("g", { priority: 0 }).grant).toMatchObject({ priority: 0 });
    wallet.at(START + DAY);
    expect(wallet.wallet.available).toBe(10n);
  });

  it("moves it in burn order, and its expiry in time", () => {
    const wallet = new TestWallet();
    wallet.grant("a", 10, { expiresAt: START + DAY });
    wallet.grant("b", 10, { expiresAt: START + 2 * DAY });
    wallet.amend("b", { priority: 1 });
    wallet.withdraw(1);
    expect(wallet.entries).toEqual([["consumed", "b", -1]]);
    wallet.amend("b", { priority: 50, expiresAt: START + HOUR });
    wallet.withdraw(1);
    expect(wallet.entries).toEqual([["consumed", "b", -1]]);
    wallet.at(START + HOUR);
    expect(wallet.entries).toEqual([["expired", "b", -8]]);
  });

  it("sets an expiry to come: after now and after the start", () => {
    const wallet = new TestWallet();
    wallet.grant("live", 10);
    wallet.grant("later", 10, { effectiveAt: START + HOUR });
    const refused = {
      code: "invalid_input",
      message: "`expiresAt` must be after now and after the grant's `effectiveAt`; to end it now, void it.",
      details: { field: "expiresAt" },
    };
    wallet.grant("old", 10, { effectiveAt: START - HOUR });
    expect(refusal(() => wallet.amend("live", { expiresAt: START }))).toEqual(refused);
    expect(refusal(() => wallet.amend("old", { expiresAt: START }))).toEqual(refused);
    expect(refusal(() => wallet.amend("later", { expiresAt: START + HOUR }))).toEqual(refused);
    expect(wallet.amend("live", { expiresAt: START + 1 }).grant.expiresAt).toBe(START + 1);
    expect(wallet.amend("later", { expiresAt: START + HOUR + 1 }).grant.expiresAt).toBe(START + HOUR + 1);
  });

  it("that is used up is possible; credits that come back then live as amended", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { expiresAt: START + HOUR });
    const { id } = wallet.withdraw(10);
    wallet.amend("g", { expiresAt: START + DAY });
    wallet.at(START + 2 * HOUR);
    wallet.reverse(id);
    expect(wallet.wallet.available).toBe(10n);
    wallet.at(START + DAY);
    expect(wallet.entries).toEqual([["expired", "g", -10]]);
  });

  it("that has ended is refused", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { expiresAt: START + HOUR });
    wallet.grant("void", 10);
    wallet.voidGrant("void");
    expect(refusal(() => wallet.amend("void", { priority: 1 })).code).toBe("grant_closed");
    wallet.at(START + HOUR);
    expect(refusal(() => wallet.amend("g", { expiresAt: START + DAY })).code).toBe("grant_closed");
    expect(refusal(() => wallet.amend("x", { priority: 1 })).code).toBe("grant_not_found");
  });
});
