import autocannon, { type Request, type Result } from 'autocannon';
import { quantile, type Sample } from './sample.js';

export interface Load {
  connections: number;
  seconds: number;
  request: Request;
}

/**
 * Sends one request over and over on every connection. Times are taken from each answer, in milliseconds with
 * fractions: autocannon's own histogram knows whole ones only.
 * @throws {Error} when an answer was not 2xx, or did not come: such a run measures something else
 */
export async function measureLoad(url: string, load: Load): Promise<Sample> {
  const times: number[] = [];
  const options = { url, connections: load.connections, duration: load.seconds, requests: [load.request] };
  const result = await new Promise<Result>((resolve, reject) => {
    const instance = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)));
    instance.on('response', (_client, _status, _bytes, milliseconds: number) => times.push(milliseconds));
  });
  const failures = result.errors + result.timeouts + result.non2xx;
  if (failures > 0 || times.length === 0) throw new Error(`${url}: ${failures} failures, ${times.length} answers`);
  times.sort((a, b) => a - b);
  return { rate: times.length / result.duration, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}
