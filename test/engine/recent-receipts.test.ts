import type { ReceiptRow } from "coffer/store";
import { describe, expect, it } from "vitest";
import { RecentReceipts } from "../../src/engine/recent-receipts.js";

const WALLET = { part: 0, id: "0000000000000001" };
const OTHER = { part: 0, id: "0000000000000002" };

function receipt(key: string, bytes = 0): ReceiptRow {
  return {
    receiptNo: 1,
    key,
    operationId: "1-1",
    kind: "withdraw",
    requestHash: new Uint8Array(16),
    request: "",
    result: "x".repeat(bytes),
    actor: null,
    reason: null,
    recordedAt: 0,
  };
}

const receipts = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => receipt(`k${from + index}`));

describe("recent receipts", () => {
  it("are the latest 256 of a wallet: the first goes when the next one comes", () => {
    const recent = new RecentReceipts(1_000_000);
    recent.keep(WALLET, receipts(0, 256));
    expect(recent.get(WALLET, "k0")?.key).toBe("k0");
    recent.keep(WALLET, receipts(256, 257));
    expect(recent.get(WALLET, "k0")).toBeUndefined();
    expect(recent.get(WALLET, "k1")?.key).toBe("k1");
    recent.keep(WALLET, receipts(1_000, 2_000));
    expect(recent.get(WALLET, "k1743")).toBeUndefined();
    expect(recent.get(WALLET, "k1744")?.key).toBe("k1744");
  });

  it("are of one wallet: the same key of another is another request", () => {
    const recent = new RecentReceipts(1_000_000);
    recent.keep(WALLET, [receipt("k")]);
    expect(recent.get(OTHER, "k")).toBeUndefined();
  });

  it("take no more than their bytes: the wallet that was written to least recently goes first, then the oldest", () => {
    // A row counts 500 bytes, a character two: 2,502 each.
    const recent = new RecentReceipts(4 * 2_502);
    recent.keep(OTHER, [receipt("a", 1_000), receipt("b", 1_000)]);
    recent.keep(WALLET, [receipt("c", 1_000), receipt("d", 1_000)]);
    expect(["a", "b"].map((key) => recent.get(OTHER, key)?.key)).toEqual(["a", "b"]);
    recent.keep(WALLET, [receipt("e", 1_000)]);
    expect(["a", "b"].map((key) => recent.get(OTHER, key)?.key)).toEqual([undefined, undefined]);
    recent.keep(WALLET, [receipt("f", 1_000), receipt("g", 1_000)]);
    expect(["c", "d", "e", "f", "g"].map((key) => recent.get(WALLET, key)?.key)).toEqual([
      undefined,
      "d",
      "e",
      "f",
      "g",
    ]);
  });

  it("counts one that comes twice once", () => {
    const recent = new RecentReceipts(2 * 2_502);
    for (let times = 0; times < 10; times++) recent.keep(WALLET, [receipt("a", 1_000)]);
    recent.keep(WALLET, [receipt("b", 1_000)]);
    expect(recent.get(WALLET, "a")?.key).toBe("a");
  });

  it("one that is larger than all of their bytes is not kept", () => {
    const recent = new RecentReceipts(1_000);
    recent.keep(WALLET, [receipt("a", 1_000)]);
    expect(recent.get(WALLET, "a")).toBeUndefined();
  });
});
