import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";

/**
 * Where in a request and its answer a connection is cut.
 * - before the request: it does not reach the server.
 * - before the answer: the server has answered, and nothing of that reaches the client.
 * - within the answer: its first bytes do.
 */
export type Place = "before the request" | "before the answer" | "within the answer";

/**
 * How it is cut.
 * - drop: nothing passes any more, and nobody is told.
 * - reset: both sides are told at once.
 * - half-close: the client is told that the server will say no more.
 * - hold: the request waits until `release`, whatever becomes of the client.
 * - delay: the answer, or the rest of it, waits until `release`, and whatever the server says after it waits behind it.
 */
export type Manner = "drop" | "reset" | "half-close" | "hold" | "delay";

export interface Cut {
  /** The first bytes that are sent to the server and hold this text are the request. */
  readonly request: string;
  readonly place: Place;
  readonly manner: Manner;
}

interface Line {
  readonly client: Socket;
  readonly server: Socket;
  /** The cut that its next answer meets. */
  cut: Cut | null;
  isStopped: boolean;
  /** On its way to the server. */
  held: Buffer[];
  /** On its way to the client, in order; null where nothing is delayed. */
  late: Buffer[] | null;
}

/** Stands between a client and a server, and fails as networks do: at a message, never at a time. */
export class Proxy {
  /** How many cuts were made. */
  cuts = 0;
  private cut: Cut | null = null;
  private tellOfCut = () => {};
  private cutMade = Promise.resolve();
  private readonly lines = new Set<Line>();

  private constructor(
    private readonly listener: Server,
    private readonly upstream: { readonly host: string; readonly port: number },
  ) {
    listener.on("connection", (client) => this.join(client));
  }

  static async to(url: string): Promise<Proxy> {
    const { hostname: host, port } = new URL(url);
    const listener = createServer({ allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    return new Proxy(listener, { host, port: Number(port) });
  }

  /** The same database, by way of here. */
  through(url: string): string {
    const via = new URL(url);
    via.hostname = "127.0.0.1";
    via.port = String((this.listener.address() as AddressInfo).port);
    return via.href;
  }

  /** The next such request meets it, on whichever connection; one cut after the other. */
  cutNext(cut: Cut): void {
    this.cut = cut;
    this.cutMade = new Promise((resolve) => (this.tellOfCut = resolve));
  }

  /** Until the cut that was asked for last is made. */
  untilCut(): Promise<void> {
    return this.cutMade;
  }

  /** Lets requests that were held go on to the server, and answers that were delayed to the client. */
  release(): void {
    for (const line of this.lines) {
      for (const bytes of line.held) line.server.write(bytes);
      line.held = [];
      for (const bytes of line.late ?? []) line.client.write(bytes);
      if (line.late !== null && line.server.destroyed) line.client.end();
      line.late = null;
    }
  }

  /** The server learns at last that clients are gone whose connections were dropped. */
  hangUp(): void {
    for (const { isStopped, server } of this.lines) if (isStopped) server.destroy();
  }

  async close(): Promise<void> {
    for (const { client, server } of this.lines) {
      client.destroy();
      server.destroy();
    }
    await new Promise((resolve) => this.listener.close(resolve));
  }

  private join(client: Socket): void {
    const server = connect({ ...this.upstream, noDelay: true, allowHalfOpen: true });
    const line: Line = { client, server, cut: null, isStopped: false, held: [], late: null };
    this.lines.add(line);
    // What breaks here was broken on purpose, or by the side that left.
    client.on("error", () => undefined);
    server.on("error", () => undefined);
    client.on("data", (bytes) => this.toServer(line, bytes));
    server.on("data", (bytes) => this.toClient(line, bytes));
    client.on("close", () => line.isStopped || server.destroy());
    server.on("close", () => line.isStopped || line.late !== null || client.destroy());
    client.on("end", () => line.isStopped || server.end());
    server.on("end", () => line.isStopped || line.late !== null || client.end());
  }

  private toServer(line: Line, bytes: Buffer): void {
    if (line.isStopped) return;
    const { cut } = this;
    if (cut === null || !bytes.includes(cut.request)) {
      line.server.write(bytes);
      return;
    }
    this.cut = null;
    if (cut.place === "before the request") return this.make(line, cut, bytes);
    line.cut = cut;
    line.server.write(bytes);
  }

  private toClient(line: Line, bytes: Buffer): void {
    if (line.isStopped) return;
    if (line.late !== null) {
      line.late.push(bytes);
      return;
    }
    const { cut } = line;
    if (cut === null) {
      line.client.write(bytes);
      return;
    }
    line.cut = null;
    if (cut.place === "before the answer") return this.make(line, cut, bytes);
    const half = Math.ceil(bytes.length / 2);
    // A reset would overtake what was not sent yet; a delay must come before what the server says next.
    const cutOff = () => this.make(line, cut, bytes.subarray(half));
    line.client.write(bytes.subarray(0, half), cut.manner === "delay" ? undefined : cutOff);
    if (cut.manner === "delay") cutOff();
  }

  private make(line: Line, { manner }: Cut, bytes: Buffer): void {
    this.cuts++;
    this.tellOfCut();
    switch (manner) {
      case "drop":
        line.isStopped = true;
        return;
      case "hold":
        line.isStopped = true;
        line.held.push(bytes);
        return;
      case "delay":
        line.late = [bytes];
        return;
      case "reset":
        line.client.resetAndDestroy();
        line.server.resetAndDestroy();
        return;
      case "half-close":
        line.isStopped = true;
        line.client.end();
        line.client.on("close", () => line.server.destroy());
    }
  }
}
