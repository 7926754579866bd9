const DEFAULT_SEED = 20_250_110;

/** Runs of a property: COFFER_PROPERTY_RUNS, or as many as a test run has time for. */
export function runs(usual: number): number {
  return Number(process.env["COFFER_PROPERTY_RUNS"] ?? usual);
}

/** COFFER_PROPERTY_SEED: a number, or "random"; the same each time by default. */
export function seed(): number {
  const wanted = process.env["COFFER_PROPERTY_SEED"];
  if (wanted === "random") return Date.now();
  return wanted === undefined ? DEFAULT_SEED : Number(wanted);
}

/** Whether a run is as large as coverage was counted for. */
export function isDefaultBudget(): boolean {
  return (
    process.env["COFFER_PROPERTY_RUNS"] === undefined && process.env["COFFER_PROPERTY_SEED"] === undefined
  );
}
