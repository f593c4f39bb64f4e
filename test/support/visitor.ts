import { connect, type Socket } from 'node:net';

/** A connection that sends what it is told, when it is told, and remembers what came back. */
export class Visitor {
  private text = '';
  private drip: NodeJS.Timeout | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay();
    socket.on('data', (chunk: Buffer) => (this.text += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => clearInterval(this.drip));
  }

  static async enter(port: number): Promise<Visitor> {
    const socket = connect(port, '127.0.0.1');
    const visitor = new Visitor(socket);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return visitor;
  }

  static enterMany(count: number, port: number): Promise<Visitor[]> {
    return Promise.all(Array.from({ length: count }, () => Visitor.enter(port)));
  }

  /** Whether the other side has ended it. */
  get gone(): boolean {
    return this.socket.destroyed;
  }

  /** Statuses of all answers so far, in their order. */
  get statuses(): number[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  get received(): string {
    return this.text;
  }

  say(bytes: string | Buffer): this {
    this.socket.write(bytes);
    return this;
  }

  /** Says the same again and again, until the connection ends. */
  keepSaying(bytes: string, everyMs: number): this {
    this.drip = setInterval(() => this.socket.write(bytes), everyMs);
    return this;
  }

  /** Takes nothing more of what is sent. */
  stopReading(): this {
    this.socket.pause();
    return this;
  }

  leave(): void {
    this.socket.destroy();
  }
}
