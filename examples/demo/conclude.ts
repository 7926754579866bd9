import type { Options } from "./args.js";
import { audit } from "./audit.js";
import { printReport } from "./print.js";
import { createReport } from "./report.js";
import type { Run } from "./run.js";

export interface Conclusion {
  /** The report, for stdout. */
  readonly output: string;
  /** What is wrong, for stderr. */
  readonly complaints: string;
  readonly status: 0 | 1;
}

/** Audits a run and reports it. One broken invariant, and the demo has failed. */
export function conclude(options: Options, run: Run): Conclusion {
  const broken = audit(run);
  const report = createReport(options, run, broken);
  return {
    output: options.json ? `${JSON.stringify(report, null, 2)}\n` : printReport(report),
    complaints: broken.map((finding) => `broken: ${finding}\n`).join(""),
    status: broken.length === 0 ? 0 : 1,
  };
}
