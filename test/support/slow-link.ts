import { createServer, type AddressInfo, type Server, type Socket, connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const SLICE_MS = 50;
/** No client sends larger headers, and each sends them in one piece. */
const HEADER_BYTES = 16_384;

/** A token that came over the link, with the moment at which the last byte of what was sent with it had passed. */
export interface Passage {
  token: string;
  endedAt: number;
}

/**
 * A TCP proxy to a server of 127.0.0.1 that lets what clients send pass at a fixed rate per connection, and what the
 * server answers at once. It reads along which Bearer tokens pass.
 */
export class SlowLink {
  private readonly sockets = new Set<Socket>();
  /** Newest moment per token, in the order of their first appearances. */
  private readonly passages = new Map<string, number>();

  private constructor(
    private readonly server: Server,
    private readonly target: number,
    private readonly bytesPerSecond: number,
  ) {}

  static async open(target: number, bytesPerSecond: number): Promise<SlowLink> {
    const server = createServer();
    const link = new SlowLink(server, target, bytesPerSecond);
    server.on('connection', (socket) => link.join(socket));
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return link;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** All tokens that passed, and until when each was at work. Milliseconds since the epoch. */
  get tokens(): Passage[] {
    return [...this.passages].map(([token, endedAt]) => ({ token, endedAt }));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private join(client: Socket): void {
    const server = connect(this.target, '127.0.0.1');
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    server.pipe(client);
    void this.carry(client, server).catch(() => undefined);
  }

  private async carry(client: Socket, server: Socket): Promise<void> {
    let token: string | null = null;
    let free = 0;
    const size = Math.ceil((this.bytesPerSecond * SLICE_MS) / 1000);
    for await (const chunk of client as AsyncIterable<Buffer>) {
      token = tokenIn(chunk) ?? token;
      for (let at = 0; at < chunk.length; at += size) {
        const slice = chunk.subarray(at, at + size);
        // By the clock, not by the number of pauses: these last longer on a busy machine.
        free = Math.max(free, performance.now()) + (slice.length / this.bytesPerSecond) * 1000;
        await delay(Math.max(0, free - performance.now()));
        server.write(slice);
        if (token !== null) this.passages.set(token, Date.now());
      }
    }
    server.end();
  }
}

/** The token of a request that begins in this chunk. */
function tokenIn(chunk: Buffer): string | null {
  const head = chunk.subarray(0, HEADER_BYTES).toString('latin1');
  return /^[A-Z]+ \/v2\/[^\r]* HTTP\/1\.1\r\n/.test(head)
    ? (/\r\nAuthorization: Bearer ([\w.-]+)\r\n/i.exec(head)?.[1] ?? null)
    : null;
}
