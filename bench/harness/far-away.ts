import { connect, createServer, type Server, type Socket } from 'node:net';

/** A registry that is far away: every answer comes so many milliseconds later. */
export class FarAway {
  private readonly open = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(port: number, target: number, delayMs: number): Promise<FarAway> {
    const server = createServer();
    const far = new FarAway(server);
    server.on('connection', (client) => far.pass(client, target, delayMs));
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    return far;
  }

  async stop(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private pass(client: Socket, target: number, delayMs: number): void {
    const server = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.open.add(one);
      one
        .on('error', () => undefined)
        .once('close', () => {
          this.open.delete(one);
          other.destroy();
        });
    }
    client.pipe(server);
    server.on('data', (bytes) => setTimeout(() => client.destroyed || client.write(bytes), delayMs));
  }
}
