import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { Arrival } from "./workload.js";

const HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens";
const LINE = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3})\d{4},(\d{1,9}),(\d{1,9})$/;
const EXAMPLE = "2023-11-16 18:17:03.9799600,4808,10";

/** The trace is not what it should be; the message says where. */
export class TraceError extends Error {
  override readonly name = "TraceError";
}

/**
 * Reads an Azure LLM inference trace line by line: UTC, seven decimals of a second, cut to milliseconds; lines end with
 * LF or CRLF, the last perhaps with nothing. `onRead` hears which share of the file has been read.
 */
export async function* traceArrivals(file: string, onRead: (share: number) => void): AsyncGenerator<Arrival> {
  const handle = await openFile(file);
  try {
    const { size } = await handle.stat();
    let number = 0;
    let read = 0;
    let latest = -Infinity;
    for await (const line of handle.readLines()) {
      number += 1;
      read += line.length + 1;
      onRead(Math.min(read / size, 1));
      if (number === 1) {
        checkHeader(line);
        continue;
      }
      const arrival = parseLine(line, number);
      if (arrival.at < latest) throw new TraceError(`line ${number}: earlier than the line before it.`);
      latest = arrival.at;
      yield arrival;
    }
    if (number < 2) throw new TraceError("it holds no requests.");
  } finally {
    await handle.close();
  }
}

async function openFile(file: string): Promise<FileHandle> {
  const handle = await open(file).catch((error: unknown) => {
    throw new TraceError(error instanceof Error ? error.message : String(error));
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new TraceError("it is not a file.");
}

function checkHeader(line: string): void {
  if (line.replace(/^\uFEFF/, "") !== HEADER)
    throw new TraceError(`line 1: expected the header ${HEADER}; got ${JSON.stringify(line)}.`);
}

function parseLine(line: string, number: number): Arrival {
  const [, date = "", time = "", input, output] = LINE.exec(line) ?? [];
  const text = `${date}T${time}Z`;
  const at = new Date(text);
  // A day or an hour that no calendar has gives no date, or one that reads differently.
  if (Number.isNaN(at.getTime()) || at.toISOString() !== text)
    throw new TraceError(`line ${number}: expected a line like ${EXAMPLE}; got ${JSON.stringify(line)}.`);
  return { at: at.getTime(), inputTokens: Number(input), outputTokens: Number(output) };
}
