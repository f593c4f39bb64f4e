import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ListenerLimits } from './listener-limits.js';

/** Of the connections that are allowed, how many may be open before those that keep us waiting have to go. */
const CROWDED = 0.75;
/** Between two lines about the same thing, milliseconds. */
const QUIET_MS = 10_000;

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** When its headers were there. */
  since: number;
}

interface Connection {
  /** What was asked and is not answered whole. */
  exchanges: Set<Exchange>;
  /** Bytes that had come when an exchange ended last. */
  settled: number;
}

/**
 * Keeps a server usable whatever its clients do. Those who hurry are served; whoever keeps us waiting (with headers, a
 * body, the next request, or the reading of an answer) is let alone as long as there is room, and goes first, the oldest
 * before the others, when room gets scarce.
 */
export class ConnectionGuard {
  /** Open connections, the oldest first. */
  private readonly open = new Map<Socket, Connection>();
  private told = Number.NEGATIVE_INFINITY;

  constructor(
    server: Server,
    private readonly limits: ListenerLimits,
    private readonly warn: (text: string) => void,
  ) {
    server.on('connection', (socket) => this.enter(socket));
    server.on('drop', () => this.say('connections are refused'));
    server.on('listening', () => {
      const timer = setInterval(() => this.relieve(), limits.checkMs).unref();
      server.once('close', () => clearInterval(timer));
    });
  }

  /** Notes a request whose headers are there. False: its connection has too many that wait already. */
  admits(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request;
    const connection = this.open.get(socket);
    if (connection === undefined) return true;
    const { exchanges } = connection;
    if (exchanges.size >= this.limits.pipelined) return false;
    const exchange = { request, response, since: performance.now() };
    exchanges.add(exchange);
    response.once('close', () => {
      exchanges.delete(exchange);
      connection.settled = socket.bytesRead;
    });
    return true;
  }

  /** The answers that a connection waits for. */
  waiting(socket: unknown): ServerResponse[] {
    return [...(this.open.get(socket as Socket)?.exchanges ?? [])].map(({ response }) => response);
  }

  private enter(socket: Socket): void {
    this.open.set(socket, { exchanges: new Set(), settled: 0 });
    socket.once('close', () => this.open.delete(socket));
    const room = Math.floor(this.limits.connections * CROWDED);
    if (this.open.size > room) this.makeRoom(this.open.size - room, socket);
  }

  private makeRoom(wanted: number, newest: Socket): void {
    let left = wanted;
    for (const [socket, { exchanges }] of this.open) {
      if (left === 0 || socket === newest) break;
      if (![...exchanges].every(waitsForClient)) continue;
      this.open.delete(socket);
      socket.destroy();
      left -= 1;
    }
    this.say('connections that waited for their clients were closed');
  }

  /** Bodies that drip in are held in memory until they are whole. */
  private relieve(): void {
    const unfinished = [...this.open]
      .flatMap(([socket, { exchanges, settled }]) => {
        const slow = [...exchanges].find(({ request }) => !request.complete);
        return slow ? [{ socket, since: slow.since, bytes: socket.bytesRead - settled }] : [];
      })
      .toSorted((a, b) => a.since - b.since);
    let bytes = unfinished.reduce((sum, one) => sum + one.bytes, 0);
    if (bytes <= this.limits.unfinishedBytes) return;
    for (const { socket, bytes: own } of unfinished) {
      if (bytes <= this.limits.unfinishedBytes) break;
      socket.destroy();
      bytes -= own;
    }
    this.say('connections with unfinished bodies were closed');
  }

  private say(what: string): void {
    const now = performance.now();
    if (now - this.told < QUIET_MS) return;
    this.told = now;
    this.warn(`too much at once: ${what}; ${this.open.size} of ${this.limits.connections} connections are open`);
  }
}

/** It has not sent all of its request, or not taken all of an answer that is complete. */
function waitsForClient({ request, response }: Exchange): boolean {
  return !request.complete || response.writableEnded;
}
