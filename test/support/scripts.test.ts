/** Long runs are started by hand or by a timetable: one that has played nothing must not end as if all were well. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readArgs as crashArgs } from "../crash/args.js";
import { readArgs as historiesArgs } from "../histories/args.js";
import { readArgs as simulationArgs } from "../simulation/args.js";

const READERS = { crash: crashArgs, histories: historiesArgs, simulation: simulationArgs } as const;

describe("an option that would play nothing, or something else, is refused by its name and value", () => {
  test.each([
    ["crash", "--cycles", "abc"],
    ["crash", "--cycles", "0"],
    ["crash", "--seed", "1.5"],
    ["crash", "--only", "serve"],
    ["crash", "--only", ""],
    ["histories", "--rounds", "x"],
    ["histories", "--rounds", "0"],
    ["histories", "--calls", "1e3"],
    ["histories", "--only", "postgres,oracle"],
    ["simulation", "--steps", "x"],
    ["simulation", "--steps", ""],
    ["simulation", "--runs", "0"],
    ["simulation", "--seconds", "0"],
    ["simulation", "--seed", "9007199254740993"],
    ["simulation", "--skip", "1,x"],
    ["simulation", "--faults", "deaths"],
    ["simulation", "--store", "oracle"],
    ["simulation", "--store", "memory,sqlite"],
  ] as const)("test:%s %s %j", (script, option, value) => {
    const read = () => READERS[script]([option, value]);
    expect(read).toThrow(RangeError);
    expect(read).toThrow(`${option} takes`);
    expect(read).toThrow(`${value.split(",").at(-1)}"`);
  });

  test("as one that is not known", () => {
    for (const read of Object.values(READERS)) expect(() => read(["--cycels", "200"])).toThrow("--cycels");
  });
});

const ROOT = join(import.meta.dirname, "../..");
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

test.each([
  ["test:crash", "--cycles"],
  ["test:histories", "--rounds"],
  ["test:simulation", "--steps"],
])(
  "%s ends with an error then",
  (script, option) => {
    const [command = "", ...args] = (scripts[script] ?? "").split(" ");
    const path = `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`;
    const { status, stderr } = spawnSync(command, [...args, option, "x"], {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, PATH: path, NODE_OPTIONS: "" },
    });
    expect(status).toBe(1);
    expect(stderr).toContain(`${option} takes a whole number of at least 1; got "x"`);
  },
  120_000,
);
