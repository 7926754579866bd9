/** Where webhooks may go, and what options are refused. */
import { type ResolvedAddress, webhookDispatcher } from "coffer/webhooks";
import { expect, test } from "vitest";
import { refusal } from "../engine/support.js";
import { isPublicAddress } from "../../src/webhooks/addresses.js";
import { CRM, SECRET, gifts, hooks } from "./support.js";

test.each([
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "127.0.0.1",
  "127.255.255.255",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.1",
  "192.0.2.1",
  "192.168.1.1",
  "198.18.0.1",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::127.0.0.1",
  "::ffff:127.0.0.1",
  "::ffff:8.8.8.8",
  "::ffff:0:127.0.0.1",
  "64:ff9b::7f00:1",
  "64:ff9b:1::1",
  "100::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "3fff::1",
  "fc00::1",
  "fd12:3456::1",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  "ff02::1",
  "",
  "localhost",
  "8.8.8.8.8",
])("%s is no public address", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each([
  "8.8.8.8",
  "1.1.1.1",
  "172.15.0.1",
  "172.32.0.1",
  "100.63.255.255",
  "100.128.0.1",
  "223.255.255.255",
])("%s is public", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each(["2606:4700::1111", "2a00:1450::1", "2001:4860:4860::8888"])("%s is public", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  ["http://example.com/", "https:"],
  ["ftp://example.com/", "https:"],
  ["https://user:secret@example.com/", "no user"],
  ["https://:secret@example.com/", "no user"],
  ["https://127.0.0.1/", "private"],
  ["https://2130706433/", "private"],
  ["https://0x7f.1/", "private"],
  ["https://[::1]/", "private"],
  ["https://[::ffff:127.0.0.1]/", "private"],
  ["https://10.0.0.1:8443/", "private"],
  ["example.com", "whole url"],
  ["/hooks", "whole url"],
])("%s is refused when the dispatcher is made, and not shown", async (url, why) => {
  const error = await refusal(hooks({ allowPrivateTargets: false }, { url }));
  expect(error).toMatchObject({ code: "invalid_input", details: { field: "url" } });
  expect(error.message).toContain(why);
  expect(error.message).not.toContain("secret@");
});

test.each<readonly [string, readonly ResolvedAddress[]]>([
  ["loopback", [{ address: "127.0.0.1", family: 4 }]],
  ["loopback by IPv6", [{ address: "::1", family: 6 }]],
  ["a mapped one", [{ address: "::ffff:127.0.0.1", family: 6 }]],
  [
    "a private one beside a public one",
    [
      { address: "8.8.8.8", family: 4 },
      { address: "10.0.0.1", family: 4 },
    ],
  ],
  ["nothing", []],
])("a name that resolves to %s is not connected to", async (_, addresses) => {
  const { credits, receiver, dispatcher } = await hooks(
    { allowPrivateTargets: false, resolve: async () => addresses },
    { url: "https://hooks.example.com/" },
  );
  await gifts(credits, 1);
  expect(await dispatcher.run()).toMatchObject([{ delivered: 0, failed: 1 }]);
  expect(receiver.received).toEqual([]);
  const { items } = await dispatcher.log(CRM);
  expect(items[0]?.error).toMatch(/no public address|no address/);
});

test("a name is looked up anew for each attempt, once, and what was checked is what is connected to", async () => {
  const asked: string[] = [];
  const { credits, receiver, another, clock } = await hooks();
  const dispatcher = another(
    {
      resolve: async (host) => {
        asked.push(host);
        // What a second look-up within the attempt would say leads nowhere.
        return [{ address: asked.length % 2 === 1 ? "127.0.0.1" : "127.0.0.2", family: 4 }];
      },
    },
    { url: `http://hooks.example.com:${receiver.port}/in` },
  );
  await gifts(credits, 1);
  expect(await dispatcher.run()).toMatchObject([{ delivered: 1 }]);
  expect(asked).toEqual(["hooks.example.com"]);
  expect(receiver.received[0]?.headers.host).toBe(`hooks.example.com:${receiver.port}`);
  await gifts(credits, 1);
  await dispatcher.run();
  expect(asked).toHaveLength(2);
  clock.advance({ minutes: 1 });
});

test("the machine resolves localhost, which is refused", async () => {
  const { credits, dispatcher } = await hooks({ allowPrivateTargets: false }, { url: "https://localhost/" });
  await gifts(credits, 1);
  expect(await dispatcher.run()).toMatchObject([{ failed: 1 }]);
  expect((await dispatcher.log(CRM)).items[0]?.error).toMatch(
    /resolves to (127\.0\.0\.1|::1), which is no public/,
  );
});

/** Options that the types refuse, too. */
function misspelt(options: object): object {
  return options;
}

test.each([
  ["no secret", { secrets: [] }],
  ["a short one", { secrets: [`whsec_${Buffer.alloc(23).toString("base64")}`] }],
  ["a long one", { secrets: [`whsec_${Buffer.alloc(65).toString("base64")}`] }],
  ["one without its prefix", { secrets: [SECRET.slice(6)] }],
  ["one that is no base64", { secrets: [`whsec_${"!".repeat(44)}`] }],
  ["no id", { id: "" }],
  ["a long id", { id: "é".repeat(51) }],
  ["an unknown type", { types: ["credits.stolen"] as never }],
  ["no types", { types: [] }],
  ["an unknown option", misspelt({ secret: SECRET })],
])("an endpoint with %s is refused", async (_, endpoint) => {
  const error = await refusal(hooks({}, endpoint));
  expect(error.code).toBe("invalid_input");
  expect(error.message).not.toContain(SECRET.slice(10, 30));
});

test.each([
  ["no endpoints", { endpoints: [] }],
  ["an unknown option", misspelt({ retries: {} })],
  ["no attempts", { retry: { maxAttempts: 0 } }],
  ["no delays", { retry: { delaysMs: [] } }],
  ["half a timeout", { timeoutMs: 0.5 }],
  ["an engine that is none", { credits: {} as never }],
])("a dispatcher with %s is refused", async (_, options) => {
  expect((await refusal(hooks(options))).code).toBe("invalid_input");
});

test("two endpoints of one id are refused", async () => {
  const { credits } = await hooks();
  const endpoint = { id: "crm", url: "https://example.com/", secrets: [SECRET] };
  const error = await refusal(() => webhookDispatcher({ credits, endpoints: [endpoint, endpoint] }));
  expect(error.message).toContain("two endpoints");
});
