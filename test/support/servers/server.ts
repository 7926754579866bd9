import { createServer } from "node:net";

/** A database server of a test run. */
export interface Server {
  /** Where an administrator connects. */
  readonly url: string;
  /** Ends it, and removes all that it wrote. */
  readonly stop: () => Promise<void>;
}

export const USER = "coffer";
export const PASSWORD = "coffer";

/** A port of this machine that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port was found");
  return address.port;
}
