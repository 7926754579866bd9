import type { WriteStream } from "node:tty";

const WIDTH = 30;

/** Shows how far the run is. */
export interface Progress {
  /** So many requests are metered, of so many if that is known. */
  readonly metered: (requests: number, of: number | undefined) => void;
  /** That share of the trace is read. */
  readonly read: (share: number) => void;
  readonly done: () => void;
}

type Screen = Pick<WriteStream, "isTTY" | "write">;

const NO_PROGRESS: Progress = { metered: () => {}, read: () => {}, done: () => {} };

/** A bar for a person who watches; nothing for a file or a pipe, which would keep it. */
export function createProgress(screen: Screen): Progress {
  return screen.isTTY ? createBar(screen) : NO_PROGRESS;
}

function createBar(screen: Screen): Progress {
  const startedMs = performance.now();
  let requests = 0;
  let share = 0;
  let shown = -1;

  const draw = (): void => {
    const percent = Math.floor(share * 100);
    if (percent === shown) return;
    shown = percent;
    const filled = Math.round(share * WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
    screen.write(`\r${bar} ${String(percent).padStart(3)} %  ${requests.toLocaleString("en-US")} requests`);
  };
  const reach = (next: number): void => {
    share = Math.max(share, Math.min(next, 1));
    draw();
  };

  return {
    metered: (count, of) => {
      requests = count;
      if (of !== undefined) reach(count / of);
    },
    read: reach,
    done: () => {
      const seconds = (performance.now() - startedMs) / 1000;
      const speed = Math.round(requests / seconds).toLocaleString("en-US");
      screen.write(
        `\r\u001B[K${requests.toLocaleString("en-US")} requests in ${seconds.toFixed(1)} s (${speed}/s)\n`,
      );
    },
  };
}

/** How much of a year has gone by, for a person who watches. */
export function progressOf(screen: Screen): (share: number) => void {
  if (!screen.isTTY) return () => {};
  return (share) => {
    const filled = Math.round(share * WIDTH);
    screen.write(`\r${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${share < 1 ? "" : "\r\u001B[K"}`);
  };
}
