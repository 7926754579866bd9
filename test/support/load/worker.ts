/**
 * A process of its own that makes calls on a store: it says `ready`, takes one order as a line, and says each call as
 * it begins and as it ends. Writes to a pipe are done when they return, so that what was said survives a kill.
 */
import { createInterface } from "node:readline";
import { createCreditEngine } from "coffer";
import { catalog } from "./ask.js";
import { fromText, type Line, toText } from "./lines.js";
import { play } from "./play.js";
import { reach } from "./target.js";
import type { Order } from "./workers.js";

function say(line: Line): void {
  process.stdout.write(`${toText(line)}\n`);
}

process.stdout.write("ready\n");
for await (const line of createInterface(process.stdin)) {
  const { target, load, timeoutMs } = fromText(line) as Order;
  const { store, end } = reach(target);
  const credits = createCreditEngine({ catalog, store, timeoutMs });
  const until = load.forMs === null ? Infinity : performance.now() + load.forMs;
  await play(
    credits,
    { ...load, callsPerCaller: load.callsPerCaller ?? Infinity },
    {
      began: (id, call, at) => say({ say: "began", id, call, at }),
      ended: (id, outcome, at) => say({ say: "ended", id, outcome, at }),
      isOver: () => performance.now() > until,
    },
  );
  await credits.close();
  await end();
  say({ say: "over" });
}
