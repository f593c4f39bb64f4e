import { fillCatalog, type Size } from '../../test/support/big-catalog.js';
import { ADMIN, hasRedis, House } from './house.js';
import type { Program } from './program.js';
import { basic, SERVICE } from './token-requests.js';

/** 5 000 tags, and 500 000; the numbers of people and teams, and the logs, grow with them. */
const SMALL: Size = { repositories: 100, tags: 50, teams: 50, users: 100, logged: 1_000 };
const BIG: Size = { repositories: 10_000, tags: 50, teams: 2_000, users: 5_000, logged: 50_000 };
/** Whoever sees some of everything. */
export const READER = { username: 'reader', password: 'a password for benchmarks too' };

/** A house that is measured, with its api running. */
export interface Side {
  house: House;
  api: Program;
}

/** Lends a house of 5 000 tags and one of 500 000 to the work, and removes both after it. */
export async function withBigHouses(work: (sides: readonly [small: Side, big: Side]) => Promise<void>): Promise<void> {
  const options = { queues: hasRedis() ? 'redis' : 'postgres', registry: SERVICE } as const;
  const [small, big] = [await House.build(options), await House.build(options)];
  try {
    await work([await open(small, SMALL), await open(big, BIG)]);
  } finally {
    await small.remove();
    await big.remove();
  }
}

async function open(house: House, size: Size): Promise<Side> {
  const api = await house.startApi();
  const headers = { 'content-type': 'application/json', authorization: basic(ADMIN.username, ADMIN.password) };
  const body = JSON.stringify({ user: { ...READER, email: 'reader@bench.test' } });
  const answer = await fetch(`${api.url}/api/v1/users`, { method: 'POST', headers, body });
  if (answer.status !== 201) throw new Error(`the reader was answered ${answer.status}: ${await answer.text()}`);
  await fillCatalog((text, values) => house.sql.query(text, values), size, READER.username);
  return { house, api };
}
