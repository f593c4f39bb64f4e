import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What a webhook speaks to, on 127.0.0.1 unless told otherwise. */
export class Receiver {
  readonly received: Received[] = [];
  /** How it answers; set it anew to answer otherwise. */
  answer: (response: ServerResponse, request: Received) => void = (response) => response.end('thanks');

  private constructor(
    private readonly server: Server,
    private readonly host: string,
  ) {}

  static async start(host = '127.0.0.1', port = 0): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server, host);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void receiver.take(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://${this.host}:${this.port}/hook`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = request;
    const one = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
    this.received.push(one);
    this.answer(response, one);
  }
}
