import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StandInRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type StandInAnswer = (response: ServerResponse, request: StandInRequest) => void;

/** A service on 127.0.0.1 that answers as a test wants: a scanner, and the registry that it reads. */
export class ScannerStandIn {
  readonly received: StandInRequest[] = [];
  private readonly answers = new Map<string, StandInAnswer[]>();
  /** What it does where nothing else was said. */
  otherwise: StandInAnswer = (response) => void response.writeHead(404).end();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ScannerStandIn> {
    const server = createServer();
    const standIn = new ScannerStandIn(server);
    server.on('request', (request, response) => void standIn.take(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How it answers to a method and path, without the query: in turn, and the last one from then on. */
  on(what: string, ...answers: StandInAnswer[]): void {
    this.answers.set(what, answers);
  }

  asked(what: string): StandInRequest[] {
    return this.received.filter(({ method, path }) => `${method} ${path.split('?')[0]}` === what);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const taken = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
    this.received.push(taken);
    const answers = this.answers.get(`${method} ${url.split('?')[0]}`);
    const answer = answers && answers.length > 1 ? answers.shift() : answers?.[0];
    (answer ?? this.otherwise)(response, taken);
  }
}

export const answerJson =
  (status: number, type: string, value: unknown, headers: Record<string, string> = {}): StandInAnswer =>
  (response) =>
    void response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(value));

/** What a hostile or broken service does instead of answering. */
export const HOSTILE = {
  silence: () => undefined,
  html: (response: ServerResponse) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>sign in</html>'),
  noJson: (type: string) => (response: ServerResponse) =>
    response.writeHead(200, { 'content-type': type }).end('{"vulnerabilities": ['),
  redirect: (to: string) => (response: ServerResponse) => response.writeHead(307, { location: to }).end(),
  halfAnAnswer: (type: string) => (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': type, 'content-length': '1000' });
    response.write('{"a":', () => response.destroy());
  },
  /** Bytes without end, or until the reader has had enough. */
  flood: (type: string) => (response: ServerResponse) => {
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    let sent = 0;
    response.writeHead(200, { 'content-type': type });
    const more = (): void => {
      while (sent++ < 200) if (!response.write(chunk)) return void response.once('drain', more);
      response.end();
    };
    more();
  },
} satisfies Record<string, unknown>;
