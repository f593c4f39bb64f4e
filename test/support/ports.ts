import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/** Below the range that systems hand out for outgoing connections: a stopped server finds its port free again. */
const LOWEST = 15_000;
const BEHIND_HIGHEST = 32_000;
const TRIES = 50;

/** A port of 127.0.0.1 that nobody listens on, and that nobody gets by chance while its server is stopped. */
export async function quietPort(): Promise<number> {
  for (let i = 0; i < TRIES; i++) {
    const port = randomInt(LOWEST, BEHIND_HIGHEST);
    if (await isFree(port)) return port;
  }
  throw new Error('no free port found');
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
