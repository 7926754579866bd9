import { type IncomingMessage, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { verifyWebhook } from "coffer/webhooks";

const SECRET = `whsec_${Buffer.from("a secret of the demo, known to all").toString("base64")}`;
/** So many are refused, as receivers do now and then. */
const REFUSES_EACH = 40;

/** A customer's own server, on this machine: it checks each delivery, and refuses some. */
export interface Receiver {
  readonly url: string;
  readonly secrets: readonly string[];
  /** Deliveries that it took, by type. */
  readonly taken: ReadonlyMap<string, number>;
  readonly close: () => Promise<void>;
}

export async function openReceiver(now: () => number): Promise<Receiver> {
  const taken = new Map<string, number>();
  let calls = 0;
  const statusOf = async (request: IncomingMessage): Promise<number> => {
    calls++;
    const payload = await text(request);
    if (calls % REFUSES_EACH === 0) return 503;
    try {
      const { type } = verifyWebhook({ payload, headers: request.headers, secrets: [SECRET], now: now() });
      taken.set(type, (taken.get(type) ?? 0) + 1);
      return 204;
    } catch {
      return 400;
    }
  };
  const server = createServer((request, response) => {
    void statusOf(request).then((status) => response.writeHead(status).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    secrets: [SECRET],
    taken,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
