/**
 * A test runner for Stryker that reads the tests once and calls them in its own process: a mutant costs
 * milliseconds where a run of Vitest costs a second. What a mutant may leave behind in memory is found by
 * calling the test that killed it again, without it: if that fails, everything is read anew.
 */
import { cp, readdir } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { collectTests, getFn, getHooks } from "@vitest/runner";
import { build } from "esbuild";

const SHORTEST_DEADLINE_MS = 3_000;
/** How much longer than without a mutant a test may take. */
const LONGEST_DELAY = 4;
/** Of the processor's time: what takes longer is called only if nothing shorter fails. */
const QUICK_MS = 20;
const MOST_KILLERS = 12;
const MS_BETWEEN_LOOKS = 10;
/** Looks in a row that find nothing under way before a test counts as stuck. */
const IDLE_LOOKS = 5;

const COLLECTING = {
  config: {
    root: process.cwd(),
    setupFiles: [],
    retry: 0,
    includeTaskLocation: false,
    sequence: { seed: 1, hooks: "stack", setupFiles: "list", concurrent: false, shuffle: false },
    chaiConfig: undefined,
    maxConcurrency: 1,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    diffOptions: undefined,
    tags: [],
    tagsFilter: undefined,
    allowOnly: false,
    passWithNoTests: true,
  },
  pool: "threads",
  importFile: (file) => import(pathToFileURL(file).href),
};

class InProcessRunner {
  loads = 0;
  files = [];
  spoilt = true;
  durations = new Map();
  slow = new Set();
  killers = [];
  endsAt = Infinity;
  isMeasuring = false;
  overran = false;
  kills = new Map();
  msOf = new Map();

  constructor(options) {
    this.options = options.inProcess;
    globalThis.__stryker__ ??= {};
    this.ns = globalThis.__stryker__;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    // What a mutant breaks elsewhere than in the test that runs is no answer to that test.
    process.on("unhandledRejection", () => {});
    this.out = path.resolve(`.cache/mutation-${process.env["STRYKER_MUTATOR_WORKER"] ?? 0}-${process.pid}`);
    const { folders, exclude = [] } = this.options;
    const entryPoints = [];
    for (const folder of folders) {
      for (const file of await readdir(folder, { recursive: true })) {
        if (file.endsWith(".test.ts") && !exclude.includes(file)) entryPoints.push(path.join(folder, file));
      }
    }
    await build({
      absWorkingDir: process.cwd(), // of the sandbox, where esbuild was not when it was read
      entryPoints,
      outdir: `${this.out}-0`,
      outbase: ".",
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node20",
      packages: "external",
      alias: { vitest: path.resolve("test/mutation/vitest-in-process.mjs") },
      logLevel: "error",
    });
    this.names = entryPoints.map((file) => file.replace(/\.ts$/, ".js"));
  }

  /** Nothing of before is left; what is called is read when it is first called. */
  async reset() {
    this.loads += 1;
    this.readFrom = `${this.out}-${this.loads}`;
    await cp(`${this.out}-0`, this.readFrom, { recursive: true });
    this.files = this.names.map((name) => ({
      name,
      file: undefined,
      times: this.kills.get(name) ?? 0,
      ms: this.msOf.get(name) ?? 0,
    }));
    this.spoilt = false;
  }

  /** @returns why it cannot be read, if so. */
  async read(entry) {
    if (entry.file !== undefined) return undefined;
    const [file] = await collectTests(
      [{ filepath: path.join(this.readFrom, entry.name), testLocations: undefined }],
      COLLECTING,
    );
    if (file.result?.state === "fail") return `${entry.name}: ${file.result.errors?.[0]?.message}`;
    entry.file = file;
    return undefined;
  }

  async dryRun({ coverageAnalysis }) {
    this.ns.activeMutant = undefined;
    this.ns.hitLimit = undefined;
    this.ns.mutantCoverage = undefined;
    this.isMeasuring = true;
    await this.reset();
    for (const entry of this.files) {
      const broken = await this.read(entry);
      if (broken) return { status: "error", errorMessage: broken };
    }
    const tests = await this.call(undefined, false);
    for (const { id, timeSpentMs } of tests) this.durations.set(id, timeSpentMs);
    const mutantCoverage = coverageAnalysis === "off" ? undefined : this.ns.mutantCoverage;
    this.isMeasuring = false;
    this.ns.mutantCoverage = this.watch();
    this.spoilt = true;
    return { status: "complete", tests, mutantCoverage };
  }

  /** Instrumented code says that it is covered at each step, which is where a loop without end is ended. */
  watch() {
    let steps = 0;
    const set = () => {
      steps += 1;
      if (steps % 256 !== 0 || performance.now() <= this.endsAt) return true;
      // Where the error is caught, the loop goes on: without the mutant it ends by itself.
      this.overran = true;
      this.ns.activeMutant = undefined;
      throw new Error("it does not end");
    };
    return { static: new Proxy({}, { set }), perTest: {} };
  }

  async mutantRun({ testFilter, activeMutant, hitLimit, mutantActivation, reloadEnvironment }) {
    const activate = () => {
      this.ns.activeMutant = activeMutant.id;
      this.ns.hitCount = 0;
      this.ns.hitLimit = hitLimit;
    };
    this.ns.activeMutant = undefined;
    this.ns.hitLimit = undefined;
    if (mutantActivation === "static") activate();
    if (reloadEnvironment || this.spoilt || mutantActivation === "static") await this.reset();
    activate();
    this.overran = false;
    const tests = await this.call(testFilter && new Set(testFilter), true);
    const hits = this.ns.hitCount;
    this.ns.activeMutant = undefined;
    this.ns.hitLimit = undefined;
    const killer = tests.find(({ status }) => status === 1);
    if (killer && mutantActivation !== "static") await this.lookAtDamage(killer);
    if (mutantActivation === "static") this.spoilt = true; // for the next
    if (this.overran) return { status: "timeout", reason: "a test did not end" };
    if (hitLimit !== undefined && hits > hitLimit)
      return { status: "timeout", reason: `Hit limit reached (${hits}/${hitLimit})` };
    if (!killer) return { status: "survived", nrOfTests: tests.length };
    return {
      status: "killed",
      killedBy: [killer.id],
      nrOfTests: tests.length,
      failureMessage: killer.failureMessage,
    };
  }

  /** A test that fails by itself would kill any mutant. */
  async lookAtDamage({ id }) {
    const failsAgain = async () => (await this.call(new Set([id]), true)).some(({ status }) => status === 1);
    if (!(await failsAgain())) return;
    await this.reset();
    if (await failsAgain()) throw new Error(`"${id}" fails without a mutant, too, when called alone`);
  }

  /** Calls the tests of these ids, or all, in turns; within one, those files first whose tests kill most. */
  async call(ids, bail) {
    const results = [];
    this.files.sort((a, b) => promise(b) - promise(a));
    for (const turn of bail ? this.turnsOf(ids ?? this.durations.keys()) : [undefined])
      for (const entry of this.files) {
        if (turn !== undefined && !turn.has(entry.name)) continue;
        const broken = await this.read(entry);
        const startedAt = process.cpuUsage();
        const run = { ids: turn?.get(entry.name), bail, results, name: entry.name };
        if (broken) results.push({ id: entry.name, status: 1, failureMessage: broken });
        else await this.callSuite(entry.file, { ...run, path: [], before: [], after: [] });
        if (this.isMeasuring) this.msOf.set(entry.name, processorMsSince(startedAt));
        const last = results.at(-1);
        if (!bail || last?.status !== 1) continue;
        this.kills.set(entry.name, (this.kills.get(entry.name) ?? 0) + 1);
        entry.times += 1;
        this.killers = [last.id, ...this.killers.filter((id) => id !== last.id)].slice(0, MOST_KILLERS);
        return results;
      }
    return results;
  }

  /** What noticed the mutants before this one comes first, each by itself; then what is quick, and what is slow. */
  turnsOf(ids) {
    const left = new Set(ids);
    const killers = this.killers.filter((id) => left.delete(id)).map((id) => [id]);
    const quick = [...left].filter((id) => !this.slow.has(id));
    const slow = [...left].filter((id) => this.slow.has(id));
    return [...killers, quick, slow].map((turn) => {
      const byFile = new Map();
      for (const id of turn) {
        const [name] = id.split("#", 1);
        if (byFile.has(name)) byFile.get(name).add(id);
        else byFile.set(name, new Set([id]));
      }
      return byFile;
    });
  }

  async callSuite(suite, run) {
    const { beforeAll, beforeEach, afterEach, afterAll } = getHooks(suite);
    const own = { ...run, before: [...run.before, ...beforeEach], after: [...afterEach, ...run.after] };
    let begun;
    const begin = () => (begun ??= Promise.resolve(run.begin?.()).then(() => inTurn(beforeAll)));
    own.begin = begin;
    for (const [at, task] of suite.tasks.entries()) {
      const names = [...run.path, task.name];
      if (task.type === "suite") await this.callSuite(task, { ...own, path: names });
      else {
        // Two tests of a table may have one name: their places tell them apart.
        const id = `${run.name}#${names.join(" ")} [${at}]`;
        if (task.mode === "skip" || (run.ids && !run.ids.has(id))) continue;
        run.results.push(await this.callTest(task, id, own));
      }
      if (run.bail && run.results.at(-1)?.status === 1) return;
    }
    if (begun) await failureOf(() => inTurn(afterAll), 60_000);
  }

  /** What goes before all of a suite is part of the first test that needs it. */
  async callTest(task, id, { begin, before, after, name }) {
    const started = performance.now();
    const startedAt = process.cpuUsage();
    this.ns.currentTestId = this.isMeasuring ? id : undefined;
    const deadlineMs = Math.max(SHORTEST_DEADLINE_MS, LONGEST_DELAY * (this.durations.get(id) ?? 15_000));
    this.endsAt = started + deadlineMs;
    const failure = await failureOf(async () => {
      await begin();
      await inTurn(before);
      await getFn(task)();
      await inTurn(after);
    }, deadlineMs);
    // What it left behind must come to its end, too.
    this.endsAt = performance.now() + SHORTEST_DEADLINE_MS;
    this.ns.currentTestId = undefined;
    if (this.isMeasuring && processorMsSince(startedAt) > QUICK_MS) this.slow.add(id);
    const result = {
      id,
      name: id,
      fileName: name.replace(/\.js$/, ".ts"),
      timeSpentMs: performance.now() - started,
    };
    return failure === undefined
      ? { ...result, status: 0 }
      : { ...result, status: 1, failureMessage: failure };
  }
}

/** Kills for the time that they take. */
function promise({ times, ms }) {
  return (times + 1) / (ms + 1);
}

function processorMsSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function inTurn(hooks) {
  for (const hook of hooks) await hook({});
}

async function failureOf(work, deadlineMs) {
  let timer;
  let looks;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done in ${deadlineMs} ms`)), deadlineMs);
    let idle = 0;
    looks = setInterval(() => {
      idle = isIdle() ? idle + 1 : 0;
      if (idle === IDLE_LOOKS) reject(new Error("it waits for what never comes"));
    }, MS_BETWEEN_LOOKS);
  });
  try {
    await Promise.race([work(), late]);
    return undefined;
  } catch (error) {
    return String(error?.message ?? error) || "failed";
  } finally {
    clearTimeout(timer);
    clearInterval(looks);
  }
}

/** Nothing is under way but the two timers here: no promise will ever settle. */
function isIdle() {
  const underWay = process.getActiveResourcesInfo();
  return underWay.filter((kind) => kind === "Timeout").length <= 2 && !underWay.some(isWork);
}

function isWork(kind) {
  return (
    kind === "Immediate" || kind.endsWith("ReqWrap") || kind.endsWith("Request") || kind.endsWith("Promise")
  );
}

const create = (options) => new InProcessRunner(options);
create.inject = ["options"];
export const strykerPlugins = [{ kind: "TestRunner", name: "in-process", factory: create }];
