import { describe, expect, test } from "vitest";
import type { ModelCatalog } from "../../../src/testing/model/index.js";
import { CATALOG, DAY, HOUR, MINUTE, START, Story } from "./story.js";

const TIMEOUT = 10 * MINUTE;

describe("reserve", () => {
  test("pins in burn order and writes no entry", () => {
    const story = new Story();
    story.promo("10");
    story.promo("10", { priority: 1 });
    story.hold("15");
    expect(story.lines()).toEqual(["granted 10 g1", "granted 10 g2"]);
    expect(story.grants().map(({ held, remaining }) => [held, remaining])).toEqual([
      ["5", "5"],
      ["10", "0"],
    ]);
    expect(story.balance()).toMatchObject({ available: "5", held: "15", balance: "20", net: "20" });
    expect(story.useFails("unit", "6")).toBe("insufficient_credits");
  });

  test("a timeout frees the pins without an entry", () => {
    const story = new Story();
    story.promo("10");
    story.hold("10");
    story.now += TIMEOUT - 1;
    expect(story.balance().available).toBe("0");
    story.now += 1;
    expect(story.balance().available).toBe("10");
    expect(story.lines()).toHaveLength(1);
  });

  test("at most seven days in all", () => {
    const story = new Story();
    const hold = story.hold("0", { expiresIn: { days: 7 } });
    story.now += DAY;
    expect(story.refused("extend", { reservationId: hold.id, expiresIn: { days: 6, seconds: 1 } })).toBe(
      "invalid_input",
    );
    expect(story.do("extend", { reservationId: hold.id, expiresIn: { days: 6 } }).expiresAt).toBe(
      START + 7 * DAY,
    );
    const terms = { customerId: "ann", feature: "unit", quantity: "1" };
    expect(story.refused("reserve", { ...terms, expiresIn: { days: 7, seconds: 1 } })).toBe("invalid_input");
    story.now = START + 7 * DAY;
    expect(story.refused("extend", { reservationId: hold.id, expiresIn: { days: 1 } })).toBe(
      "reservation_expired",
    );
  });

  test("pinned credits outlive expiry and void; what is freed then goes at once", () => {
    const story = new Story();
    story.paid("10", "1.00", { expiresAt: START + MINUTE });
    story.paid("10", "1.00");
    const hold = story.hold("20");
    story.now += MINUTE;
    story.do("voidGrant", { grantId: "g2" });
    expect(story.lines(3)).toEqual(["voided 0 g2 0 USD"]);
    story.do("capture", { reservationId: hold.id, quantity: "13" });
    expect(story.lines(4)).toEqual([
      "consumed -10 g1 unit -1 USD",
      "consumed -3 g2 unit -0.3 USD",
      "voided -7 g2 -0.7 USD",
    ]);
    expect(story.grant("g1").status).toBe("depleted");
  });

  test("a timeout at the instant of expiry comes first: one entry for all", () => {
    const story = new Story();
    story.promo("10", { expiresAt: START + TIMEOUT });
    story.hold("4");
    story.hold("5");
    story.now += TIMEOUT;
    expect(story.lines(2)).toEqual(["expired -10 g1"]);
  });

  test("a timeout after expiry loses the freed credits, then and there", () => {
    const story = new Story();
    story.promo("10", { expiresAt: START + MINUTE });
    story.hold("4");
    story.now += HOUR;
    expect(story.lines(2)).toEqual(["expired -6 g1", "expired -4 g1"]);
    expect(story.ledger().map((entry) => entry.recordedAt - START)).toEqual([0, MINUTE, TIMEOUT]);
  });
});

describe("capture", () => {
  const BLOCKS: ModelCatalog = {
    ...CATALOG,
    features: {
      ...CATALOG.features,
      call: { currency: "tokens", rate: { credits: 3, per: 60, block: true } },
    },
  };

  test("is rated on its running sum, so splitting changes no price", () => {
    const story = new Story(BLOCKS);
    story.promo("100");
    const hold = story.hold("0", { items: [{ feature: "call", quantity: "150" }] });
    expect(hold.price).toBe("9");
    const prices = ["30", "30", "1"].map(
      (quantity) => story.do("capture", { reservationId: hold.id, quantity, final: false }).price,
    );
    expect(prices).toEqual(["3", "0", "3"]);
    expect(story.do("capture", { reservationId: hold.id })).toMatchObject({
      price: "3",
      lines: [{ quantity: "89" }],
    });
    expect(story.refused("capture", { reservationId: hold.id })).toBe("reservation_closed");
    expect(story.grant("g1")).toMatchObject({ consumed: "9", held: "0", remaining: "91" });
  });

  test("above the hold it draws free credits, and takes what is there", () => {
    const story = new Story();
    story.promo("10");
    const hold = story.hold("8");
    const strict = { reservationId: hold.id, quantity: "13", strict: true };
    expect(story.refused("capture", strict)).toBe("insufficient_credits");
    expect(story.do("capture", { reservationId: hold.id, quantity: "13" })).toMatchObject({
      price: "13",
      amount: "10",
      shortfall: "3",
      reservationId: "r1",
    });
    expect(story.lines(2)).toEqual(["consumed -8 g1 unit", "consumed -2 g1 unit"]);
  });

  test("honours held headroom whatever the policy becomes", () => {
    const story = new Story();
    story.policy({ mode: "soft", limit: "10" });
    story.promo("5");
    const hold = story.hold("12");
    expect(hold).toMatchObject({ held: "5", overdraft: "7" });
    expect(story.useFails("unit", "4")).toBe("insufficient_credits");
    story.policy({ mode: "hard" });
    expect(story.do("capture", { reservationId: hold.id, quantity: "13" })).toMatchObject({
      overdraft: "7",
      shortfall: "1",
    });
    expect(story.lines(2)).toEqual(["consumed -5 g1 unit", "overdraft -7 unit"]);
  });

  test("overdraft held and overdraft by policy are one entry; overage stands apart", () => {
    const story = new Story();
    story.policy({ mode: "soft", limit: "10" });
    const first = story.hold("6");
    const second = story.hold("2");
    story.do("capture", { reservationId: first.id, quantity: "7" });
    story.policy({ mode: "overage", price: { amount: "1", currency: "USD" } });
    story.do("capture", { reservationId: second.id, quantity: "3" });
    expect(story.lines()).toEqual(["overdraft -7 unit", "overdraft -2 unit", "overage -1 unit -1 USD"]);
  });

  test("by amount counts against the hold, not the running quantity; items may name other features", () => {
    const story = new Story();
    story.promo("100");
    const hold = story.hold("10");
    expect(story.do("capture", { reservationId: hold.id, amount: "4", final: false }).lines).toEqual([
      { feature: "unit", quantity: null, price: "4" },
    ]);
    const items = [
      { feature: "unit", quantity: "1" },
      { feature: "image", quantity: "1" },
    ];
    expect(story.do("capture", { reservationId: hold.id, items, final: false }).lines).toEqual([
      { feature: "unit", quantity: "1", price: "1" },
      { feature: "image", quantity: "1", price: "40" },
    ]);
    expect(story.do("capture", { reservationId: hold.id }).lines).toEqual([
      { feature: "unit", quantity: null, price: "5" },
    ]);
    expect(story.balance()).toMatchObject({ available: "50", held: "0" });
  });

  test("after the timeout it takes what is there: live grants, and what late use at the reserve could draw", () => {
    const story = new Story();
    story.promo("10", { expiresAt: START + MINUTE });
    const hold = story.hold("10");
    story.now += HOUR;
    story.promo("3");
    expect(story.refused("capture", { reservationId: hold.id, strict: true })).toBe("reservation_expired");
    const captured = story.do("capture", { reservationId: hold.id, quantity: "15" });
    expect(captured).toMatchObject({ amount: "13", shortfall: "2" });
    expect(story.lines(2)).toEqual([
      "expired -10 g1",
      "granted 3 g2",
      "expiry_reversed 10 g1 unit",
      "consumed -10 g1 unit",
      "consumed -3 g2 unit",
    ]);
    expect(story.ledger().at(-1)).toMatchObject({ occurredAt: START, reservationId: hold.id });
  });
});

test("release closes; again it does nothing; after a capture it is refused", () => {
  const story = new Story();
  story.promo("10");
  const hold = story.hold("10");
  const { id: reservationId } = story.hold("0");
  story.do("release", { reservationId: hold.id });
  story.do("release", { reservationId: hold.id });
  expect(story.balance().available).toBe("10");
  expect(story.refused("capture", { reservationId: hold.id })).toBe("reservation_closed");
  story.do("capture", { reservationId });
  expect(story.refused("release", { reservationId })).toBe("reservation_closed");
  expect(story.refused("release", { reservationId: "r9" })).toBe("reservation_not_found");
});
