import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Answered, contractFaults } from './check-answer.js';

const found: string[] = [];
const origins = new Set<string>();
let checked = 0;
let isWatched = false;

/** Everything that a test gets from this address is checked. Answers with an `X-Request-Id` are, wherever they come from. */
export function watchApi(url: string): void {
  origins.add(new URL(url).origin);
}

/** Checks an answer against the OpenAPI document; what is wrong fails the test at its end. */
export function checkAnswer(answered: Answered): void {
  checked++;
  found.push(...contractFaults(answered));
}

/** What was found since it was last asked for, each once. */
export function takeFaults(): string[] {
  return [...new Set(found.splice(0))];
}

/** How many answers were checked by now, for tests of the watch itself. */
export const checkedAnswers = (): number => checked;

/** Wraps `fetch`, once, so that no test can ask the api anything whose answer is not checked. */
export function watchFetch(): void {
  if (isWatched) return;
  isWatched = true;
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const answer = await original(input, init);
    const url = new URL(answer.url === '' ? String(input) : answer.url);
    if (!origins.has(url.origin) && !answer.headers.has('x-request-id')) return answer;
    const method = (init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase();
    const text = await answer
      .clone()
      .text()
      .catch(() => null);
    checkAnswer({ method, path: url.pathname, status: answer.status, headers: answer.headers, text });
    return answer;
  };
}

/** The same for an application that is spoken to without a socket. */
export function watchInject(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as { inject: (options: unknown) => Promise<Injected> };
  const original = fastify.inject.bind(fastify);
  fastify.inject = async (options) => {
    const answer = await original(options);
    const { method = 'GET', url = '/' } = options as { method?: string; url?: string };
    const headers = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) headers.set(name, String(value));
    checkAnswer({ method: method.toUpperCase(), path: url, status: answer.statusCode, headers, text: answer.body });
    return answer;
  };
}

interface Injected {
  statusCode: number;
  headers: Record<string, unknown>;
  body: string;
}
