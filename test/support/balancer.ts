import { connect, createServer, type Server, type Socket } from 'node:net';

/** Hands connections to servers of 127.0.0.1 in turn; to the next one when a server does not take it. */
export class Balancer {
  private readonly targets: number[] = [];
  private readonly open = new Set<Socket>();
  private turn = 0;

  private constructor(private readonly server: Server) {}

  static async start(port: number): Promise<Balancer> {
    const server = createServer();
    const balancer = new Balancer(server);
    server.on('connection', (client) => balancer.pass(client, balancer.targets.length));
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    return balancer;
  }

  add(port: number): void {
    this.targets.push(port);
  }

  async stop(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private pass(client: Socket, tries: number): void {
    const port = this.targets[this.turn++ % this.targets.length];
    this.keep(client);
    if (port === undefined || tries === 0) return void client.destroy();
    const server = connect(port, '127.0.0.1');
    this.keep(server);
    const next = (): void => this.pass(client, tries - 1);
    server.once('error', next);
    server.once('connect', () => {
      server.off('error', next);
      for (const [one, other] of [
        [client, server],
        [server, client],
      ] as const)
        one.once('close', () => other.destroy()).pipe(other);
    });
  }

  /** A socket that breaks is the business of those at its ends. */
  private keep(socket: Socket): void {
    if (this.open.has(socket)) return;
    this.open.add(socket);
    socket.on('error', () => undefined).once('close', () => this.open.delete(socket));
  }
}
