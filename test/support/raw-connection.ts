import { connect, type Socket } from 'node:net';

/** Longer than anything that is not stuck. */
const PATIENCE_MS = 20_000;
/** What is no request at all may be waited for in vain: whoever sends it hangs up. */
const SILENCE_MS = 100;

/** One connection at a time that sends bytes as they are, and reads one answer to each. */
export class RawConnection {
  private socket: Socket | null = null;
  private received = Buffer.alloc(0);
  private notify: () => void = () => undefined;

  constructor(private readonly port: number) {}

  /**
   * The status of the answer; 0: the other side closed the connection without one; -1: it waits for more, and the
   * connection is closed from here. Throws when there is neither an answer nor an end.
   */
  async send(request: Buffer, options: { mayWait: boolean }): Promise<number> {
    const socket = await this.open();
    this.received = Buffer.alloc(0);
    socket.write(request);
    const isHead = request.subarray(0, 5).toString('latin1') === 'HEAD ';
    const end = performance.now() + (options.mayWait ? SILENCE_MS : PATIENCE_MS);
    for (;;) {
      const answer = readAnswer(this.received, isHead);
      if (answer !== null) {
        if (answer.closes || options.mayWait) this.close();
        return answer.status;
      }
      if (socket.closed || socket.destroyed) return this.hangUp(0);
      const left = end - performance.now();
      if (left <= 0 && options.mayWait) return this.hangUp(-1);
      if (left <= 0) throw new Error(`no answer to ${JSON.stringify(request.toString('latin1').slice(0, 500))}`);
      await this.change(left);
    }
  }

  close(): void {
    this.socket?.destroy();
    this.socket = null;
  }

  private hangUp(status: number): number {
    this.close();
    return status;
  }

  private async open(): Promise<Socket> {
    if (this.socket !== null && !this.socket.destroyed && this.socket.writable) return this.socket;
    this.close();
    const socket = connect(this.port, '127.0.0.1').setNoDelay();
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.notify();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.notify());
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return socket;
  }

  private async change(atMostMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.notify = resolve;
      timer = setTimeout(resolve, atMostMs);
    });
    clearTimeout(timer);
    this.notify = () => undefined;
  }
}

/** The answer, once all of it is there. */
function readAnswer(bytes: Buffer, isHead: boolean): { status: number; closes: boolean } | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = bytes.subarray(0, end).toString('latin1');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) throw new Error(`not an answer: ${head.slice(0, 200)}`);
  if (status === 100) return readAnswer(bytes.subarray(end + 4), isHead);
  const closes = /^connection: close/im.test(head);
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  const body = bytes.subarray(end + 4);
  if (isHead || status === 204 || status === 304) return { status, closes };
  if (/^transfer-encoding: chunked/im.test(head)) return body.includes('0\r\n\r\n') ? { status, closes } : null;
  return body.length >= length ? { status, closes } : null;
}
