import type { IncomingHttpHeaders } from 'node:http';
import { ScannerStandIn } from './scanner-stand-in.js';

const PASSED_ON = ['authorization', 'accept', 'content-type', 'x-scanneradapter-api-key'] as const;
const PASSED_BACK = ['content-type', 'refresh-after', 'location', 'etag'] as const;

/** Stands between us and a real service, and keeps what is said in JSON both ways. */
export class Between {
  private readonly answers: { path: string; value: object }[] = [];

  private constructor(
    private readonly standIn: ScannerStandIn,
    to: string,
  ) {
    standIn.otherwise = (response, { method, path, headers, body }) =>
      void fetch(`${to}${path}`, {
        method,
        // What is packed loses its type with some services.
        headers: { ...someOf(headers, PASSED_ON), 'accept-encoding': 'identity' },
        redirect: 'manual',
        ...(body ? { body } : {}),
      }).then(async (answer) => {
        const text = await answer.text();
        if (answer.ok && text.startsWith('{'))
          this.answers.push({ path: path.split('?')[0]!, value: JSON.parse(text) as object });
        response.writeHead(answer.status, someOf(Object.fromEntries(answer.headers), PASSED_BACK)).end(text);
      });
  }

  static async start(to: string): Promise<Between> {
    return new Between(await ScannerStandIn.start(), to);
  }

  get url(): string {
    return this.standIn.url;
  }

  /** The last answer at such a path. Throws where there was none. */
  told(path: RegExp): object {
    const last = this.answers.findLast((answer) => path.test(answer.path));
    if (last === undefined) throw new Error(`nothing was told at ${path}`);
    return last.value;
  }

  /** What was last posted to such a path. Throws where nothing was. */
  asked(path: RegExp): object {
    const last = this.standIn.received.findLast((one) => one.method === 'POST' && path.test(one.path));
    if (last === undefined) throw new Error(`nothing was posted to ${path}`);
    return JSON.parse(last.body) as object;
  }

  stop(): Promise<void> {
    return this.standIn.stop();
  }
}

function someOf(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  const kept = names.map((name): [string, unknown] => [name, headers[name]]);
  return Object.fromEntries(kept.filter((one): one is [string, string] => typeof one[1] === 'string'));
}
