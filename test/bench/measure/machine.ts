import { cpus, release, totalmem, type } from "node:os";

/** What the figures were taken on. */
export function machine(): string {
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  return `${cpus()[0]?.model ?? "?"}, ${cpus().length} cores, ${memoryGib} GiB, ${type()} ${release()}, Node ${process.version}`;
}
