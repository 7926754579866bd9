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

class InProcessRunner {
  loads = 0;
  files = [];
  spoilt = true;
  durations = new Map();
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

  async load() {
    this.loads += 1;
    const out = `${this.out}-${this.loads}`;
    await cp(`${this.out}-0`, out, { recursive: true });
    const runner = {
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
    this.files = [];
    for (const name of this.names) {
      const [file] = await collectTests(
        [{ filepath: path.join(out, name), testLocations: undefined }],
        runner,
      );
      if (file.result?.state === "fail") return `${name}: ${file.result.errors?.[0]?.message}`;
      this.files.push({ name, file, times: this.kills.get(name) ?? 0, ms: this.msOf.get(name) ?? 0 });
    }
    this.spoilt = false;
    return undefined;
  }

  async dryRun({ coverageAnalysis }) {
    this.ns.activeMutant = undefined;
    this.ns.hitLimit = undefined;
    this.ns.mutantCoverage = undefined;
    this.isMeasuring = true;
    const broken = await this.load();
    if (broken) return { status: "error", errorMessage: broken };
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
    if (reloadEnvironment || this.spoilt || mutantActivation === "static") {
      const broken = await this.load();
      if (mutantActivation === "static") this.spoilt = true; // for the next
      if (broken) return { status: "killed", killedBy: ["load"], nrOfTests: 0, failureMessage: broken };
    }
    activate();
    this.overran = false;
    const tests = await this.call(testFilter && new Set(testFilter), true);
    const hits = this.ns.hitCount;
    this.ns.activeMutant = undefined;
    this.ns.hitLimit = undefined;
    const killer = tests.find(({ status }) => status === 1);
    if (killer && !this.spoilt) {
      const again = await this.call(new Set([killer.id]), true);
      this.spoilt = again.some(({ status }) => status === 1);
    }
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

  /** Calls the tests of these ids, or all. Those that kill most come first. */
  async call(ids, bail) {
    const results = [];
    this.files.sort((a, b) => promise(b) - promise(a));
    for (const entry of this.files) {
      const started = performance.now();
      await this.callSuite(entry.file, {
        ids,
        bail,
        results,
        name: entry.name,
        path: [],
        before: [],
        after: [],
      });
      if (this.isMeasuring) this.msOf.set(entry.name, performance.now() - started);
      if (bail && results.at(-1)?.status === 1) {
        this.kills.set(entry.name, (this.kills.get(entry.name) ?? 0) + 1);
        entry.times += 1;
        break;
      }
    }
    return results;
  }

  async callSuite(suite, run) {
    const { beforeAll, beforeEach, afterEach, afterAll } = getHooks(suite);
    const own = { ...run, before: [...run.before, ...beforeEach], after: [...afterEach, ...run.after] };
    let failure;
    let begun = false;
    for (const [at, task] of suite.tasks.entries()) {
      const names = [...run.path, task.name];
      if (task.type === "suite") await this.callSuite(task, { ...own, path: names });
      else {
        // Two tests of a table may have one name: their places tell them apart.
        const id = `${run.name}#${names.join(" ")} [${at}]`;
        if (task.mode === "skip" || (run.ids && !run.ids.has(id))) continue;
        if (!begun) failure = await failureOf(() => inTurn(beforeAll), 60_000);
        begun = true;
        run.results.push(await this.callTest(task, id, own, failure));
      }
      if (run.bail && run.results.at(-1)?.status === 1) return;
    }
    if (begun) await failureOf(() => inTurn(afterAll), 60_000);
  }

  async callTest(task, id, { before, after, name }, earlier) {
    const started = performance.now();
    this.ns.currentTestId = this.isMeasuring ? id : undefined;
    const deadlineMs = Math.max(SHORTEST_DEADLINE_MS, LONGEST_DELAY * (this.durations.get(id) ?? 15_000));
    this.endsAt = started + deadlineMs;
    const failure =
      earlier ??
      (await failureOf(async () => {
        await inTurn(before);
        await getFn(task)();
        await inTurn(after);
      }, deadlineMs));
    this.endsAt = Infinity;
    this.ns.currentTestId = undefined;
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

async function inTurn(hooks) {
  for (const hook of hooks) await hook({});
}

async function failureOf(work, deadlineMs) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done in ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    await Promise.race([work(), late]);
    return undefined;
  } catch (error) {
    return String(error?.message ?? error) || "failed";
  } finally {
    clearTimeout(timer);
  }
}

const create = (options) => new InProcessRunner(options);
create.inject = ["options"];
export const strykerPlugins = [{ kind: "TestRunner", name: "in-process", factory: create }];
