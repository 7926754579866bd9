import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ServerName } from "./keeper.js";
import type { Server } from "./server.js";

/** Starts a server in a process of its own, which ends it when this process ends: by `stop`, Ctrl-C or a crash. */
export async function keep(name: ServerName, behind = ""): Promise<Server> {
  const keeper = fileURLToPath(new URL("keeper.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", keeper, name, behind], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true, // a Ctrl-C of the terminal ends the run, and the run ends the server
  });
  // While the tests run nothing waits for it; the run may end as if it were not there.
  child.unref();
  const ready = () =>
    new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", () => reject(new Error(`the test server ${name} did not start`)));
      child.stdout.once("data", (line: Buffer) => resolve(line.toString().trim()));
    });
  const url = await ready();
  return {
    url,
    crash: async () => {
      child.removeAllListeners("exit").removeAllListeners("error");
      const again = ready();
      child.stdin.write("crash\n");
      await again;
    },
    stop: async () => {
      child.stdin.end();
      child.ref(); // now its end is waited for
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}
