/** What receivers refuse. */
import { Webhook } from "standardwebhooks";
import { verifyWebhook } from "coffer/webhooks";
import { expect, test } from "vitest";
import { MINUTE, START, gift, refusal } from "../engine/support.js";
import { OLD_SECRET, type Received, SECRET, hooks } from "./support.js";

async function posted(): Promise<Received> {
  const { credits, receiver, dispatcher } = await hooks();
  await gift(credits, "0.25", { expiresAt: START + MINUTE });
  await dispatcher.run();
  const [one] = receiver.received;
  if (one === undefined) throw new Error("nothing came");
  return one;
}

test("amounts are decimals again, and instants dates; headers come in any of their shapes", async () => {
  const { payload, headers } = await posted();
  const secrets = [OLD_SECRET, SECRET];
  const loud = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]),
  );
  for (const shape of [headers, new Headers(headers as Record<string, string>), loud as never]) {
    const event = verifyWebhook({ payload: Buffer.from(payload), headers: shape, secrets, now: START });
    if (event.type !== "credits.granted") throw new Error(event.type);
    expect(event.at).toEqual(new Date(START));
    expect(event.data.grant.amount.times(3).toString()).toBe("0.75");
    expect(event.data.grant.expiresAt).toEqual(new Date(START + MINUTE));
    expect(event.scope).toBe(undefined);
    expect(JSON.stringify(event)).toBe(payload);
  }
});

test.each([
  ["another body", { payload: "{}" }, "no signature"],
  ["another secret", { secrets: [OLD_SECRET] }, "no signature"],
  ["no secret", { secrets: [] }, "`secrets`"],
  ["what is no secret", { secrets: ["whsec_"] }, "`secrets`"],
  ["an age of five minutes and a second", { now: START + 5 * MINUTE + 1_000 }, "too long ago"],
  ["a time five minutes and a second ahead", { now: START - 5 * MINUTE - 1_000 }, "too far ahead"],
  ["a smaller tolerance", { now: START + 2_000, toleranceMs: 1_000 }, "too long ago"],
  ["a tolerance that is no number", { toleranceMs: Number.NaN }, "tolerance"],
])("%s is refused", async (_, change, why) => {
  const { payload, headers } = await posted();
  const request = { payload, headers, secrets: [SECRET], now: START, ...change };
  const error = await refusal(() => verifyWebhook(request));
  expect(error.code).toBe("invalid_input");
  expect(error.message).toContain(why);
});

test.each([
  ["webhook-id", undefined, "missing"],
  ["webhook-timestamp", undefined, "missing"],
  ["webhook-signature", undefined, "missing"],
  ["webhook-id", "ev_other", "no signature"],
  ["webhook-timestamp", String(START / 1_000 + 1), "no signature"],
  ["webhook-timestamp", "soon", "seconds"],
  ["webhook-timestamp", "1e12", "seconds"],
  ["webhook-signature", "v1,", "no signature"],
  ["webhook-signature", "v1a,AAAA", "no signature"],
])("the header %s as %s is refused", async (name, value, why) => {
  const { payload, headers } = await posted();
  const request = { payload, headers: { ...headers, [name]: value }, secrets: [SECRET], now: START };
  expect((await refusal(() => verifyWebhook(request))).message).toContain(why);
});

test("five minutes either way are allowed", async () => {
  const { payload, headers } = await posted();
  for (const now of [START - 5 * MINUTE, START + 5 * MINUTE])
    expect(verifyWebhook({ payload, headers, secrets: [SECRET], now }).sequence).toBe(1);
});

test.each(["", "null", "[]", "not json", `{"id":"x"}`])(
  "what is signed and no event (%j) is refused",
  async (payload) => {
    const headers = {
      "webhook-id": "x",
      "webhook-timestamp": String(START / 1_000),
      "webhook-signature": new Webhook(SECRET).sign("x", new Date(START), payload),
    };
    const error = await refusal(() => verifyWebhook({ payload, headers, secrets: [SECRET], now: START }));
    expect(error.message).toContain("holds no event");
  },
);
