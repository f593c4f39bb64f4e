import { request } from 'undici';

const TICK_MS = 10;
/** More than these are never under way: what is measured is a rate, not a storm. */
const MOST_UNDER_WAY = 256;

/** A request, by its number. */
export type Send = (n: number) => Promise<void>;

/**
 * Sends so many requests per second, evenly, for so long. Returns how many were answered.
 * @throws {Error} of the first request that was no success
 */
export async function paced(rate: number, seconds: number, send: Send, first = 0): Promise<number> {
  const begun = performance.now();
  const total = Math.round(rate * seconds);
  const underWay = new Set<Promise<void>>();
  let sent = 0;
  const failures: Error[] = [];
  while (sent < total && failures.length === 0) {
    const due = Math.min(total, Math.floor(((performance.now() - begun) * rate) / 1_000));
    for (; sent < due && underWay.size < MOST_UNDER_WAY; sent++) {
      const one: Promise<void> = send(first + sent)
        .catch((error: Error) => void failures.push(error))
        .finally(() => underWay.delete(one));
      underWay.add(one);
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(underWay);
  if (failures.length > 0) throw failures[0];
  return sent;
}

/** One request whose answer must be 2xx. */
export async function succeed(url: string, options: Parameters<typeof request>[1]): Promise<void> {
  const answer = await request(url, options);
  const body = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${url}: ${answer.statusCode} ${body.slice(0, 200)}`);
}
