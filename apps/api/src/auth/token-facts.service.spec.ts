import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TokenFacts } from '#persistence/token-facts.repository.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { TokenFactsService } from './token-facts.service.js';
import type { TokenRequestFacts } from './token-request.js';

const FACTS: TokenFacts = { registryId: 1, user: null, token: null, namespaces: new Map(), doubted: false };
const request = (service = 'r.test'): TokenRequestFacts => ({
  service,
  scopes: [],
  credentials: null,
  refreshToken: null,
  offline: false,
  clientId: '',
  address: '192.0.2.1',
  requestId: 'x',
});

/** A service whose database answers, or fails with an error; everything that is confirmed is kept. */
function setUp() {
  const database: { error: Error | null; asked: number } = { error: null, asked: 0 };
  const find = async () => {
    database.asked += 1;
    if (database.error) throw database.error;
    return FACTS;
  };
  const logger = { warn: () => undefined, info: () => undefined };
  const settings = { tokenGrace: 600 };
  const parts = [{ find }, { answers: async () => false }, new Metrics(), settings, logger];
  const sut = new TokenFactsService(...(parts as unknown as ConstructorParameters<typeof TokenFactsService>));
  return { sut, database };
}

describe(TokenFactsService.name, () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('takes a value that the database refuses for a bad request, and not for a database that is away', async () => {
    const { sut, database } = setUp();
    (await sut.load(request())).keep();
    database.error = Object.assign(new Error('invalid byte sequence'), { code: '22021' });
    await expect(sut.load(request())).rejects.toMatchObject({ code: 'bad_request' });
    expect(sut.source.unconfirmed).toBeNull();
    database.error = null;
    expect((await sut.load(request())).stale).toBe(false);
  });

  it('asks again at once after a failure that cost nothing: who reaches the database has no other facts', async () => {
    const { sut, database } = setUp();
    (await sut.load(request())).keep();
    database.error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect((await sut.load(request())).stale).toBe(true);
    database.error = null;
    expect((await sut.load(request())).stale).toBe(false);
  });

  it('lets one request a second wait for a silent database, and serves the others from memory meanwhile', async () => {
    const { sut, database } = setUp();
    (await sut.load(request())).keep();
    database.error = new Error('Query read timeout');
    for (let i = 0; i < 10; i++) expect((await sut.load(request())).stale).toBe(true);
    expect(database.asked).toBe(2);
    vi.advanceTimersByTime(1_000);
    for (let i = 0; i < 10; i++) expect((await sut.load(request())).stale).toBe(true);
    expect(database.asked).toBe(3);
    await expect(sut.load(request('unknown'))).rejects.toMatchObject({ code: 'unavailable' });
    database.error = null;
    vi.advanceTimersByTime(1_000);
    expect((await sut.load(request())).stale).toBe(false);
    expect((await sut.load(request())).stale).toBe(false);
  });
});
