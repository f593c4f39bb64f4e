import { type Answered, contractFaults } from './check-answer.js';

const found: string[] = [];
const origins = new Set<string>();
let checked = 0;

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

/** Wraps `fetch`, so that no test can ask the api anything whose answer is not checked. */
export function watchFetch(): void {
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
