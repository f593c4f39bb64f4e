import { createServer, type Server, type Socket } from 'node:net';
import { freePort } from './real-registry.js';

/** A server that speaks enough of Redis's protocol (RESP 2) to say what a test wants said, and when. */
export class SpokenRedis {
  readonly sockets = new Set<Socket>();

  private constructor(
    readonly port: number,
    private readonly server: Server,
  ) {}

  /** @param answerOf what is answered to a command, in the protocol's own form */
  static async start(answerOf: (command: string[], socket: Socket) => Promise<string> | string): Promise<SpokenRedis> {
    const port = await freePort();
    const server = createServer();
    const redis = new SpokenRedis(port, server);
    server.on('connection', (socket) => {
      redis.sockets.add(socket);
      socket.once('close', () => redis.sockets.delete(socket));
      socket.on('error', () => undefined);
      let told = Promise.resolve();
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
        for (let read = commandOf(text); read !== null; read = commandOf(text)) {
          const { words, rest } = read;
          text = rest;
          told = told.then(async () => void socket.write(await answerOf(words, socket)));
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return redis;
  }

  /** Ends all connections; new ones are accepted. */
  hangUp(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  stop(): void {
    this.hangUp();
    this.server.close();
  }
}

export const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
export const list = (...texts: string[]): string => `*${texts.length}\r\n${texts.map(bulk).join('')}`;

/** The first command, when all of it has come. */
function commandOf(text: string): { words: string[]; rest: string } | null {
  const lines = text.split('\r\n');
  const count = Number(/^\*(\d+)$/.exec(lines[0] ?? '')?.[1]);
  if (!(count > 0) || lines.length < 2 * count + 2) return null;
  const words = Array.from({ length: count }, (_, i) => lines[2 * i + 2]!);
  return { words, rest: lines.slice(2 * count + 1).join('\r\n') };
}
