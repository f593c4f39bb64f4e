import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, it } from 'vitest';
import { buildImage } from '../factories/image.js';
import { pushImage } from '../support/push-image.js';
import { rawRequest, type RawAnswer } from '../support/raw-http.js';
import { scenes } from '../support/scenes.js';
import { until } from '../support/until.js';
import { untilTag } from '../support/world.js';

const V2 = 'application/vnd.docker.distribution.events.v2+json';
const CAP = 32 * 1024 * 1024;

interface Row {
  event_id: string;
  state: string;
  reason: string | null;
  repository: string;
}

/** A notification that is in order, with what a test changes about it. */
function event(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const digest = `sha256:${'5'.repeat(64)}`;
  return {
    id: randomUUID(),
    timestamp: '2026-01-02T03:04:05.678901234Z',
    action: 'push',
    target: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, repository: 'alice/app', tag: 'v1' },
    request: { method: 'PUT' },
    actor: { name: 'alice' },
    source: { instanceID: 'the-first' },
    ...changes,
  };
}

const envelope = (...events: unknown[]): string => JSON.stringify({ events });

scenes('bad input at the webhook', { flavours: ['2.8'] }, (house) => {
  const post = (body: Buffer | string, headers: Record<string, string> = {}): Promise<RawAnswer> => {
    const authorization = `Bearer ${house().webhookSecret}`;
    const all = { authorization, 'content-type': V2, ...headers };
    return rawRequest(`${house().url}/v2/webhooks/events`, { method: 'POST', headers: all, body });
  };
  const rows = () => house().sql<Row>('SELECT event_id, state, reason, repository FROM registry_events ORDER BY id');
  const repairs = async (): Promise<number> => {
    const [row] = await house().sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM sync_runs WHERE slot LIKE 'repair:%'`,
    );
    return row!.n;
  };

  beforeEach(async () => {
    for (const table of ['registry_events', 'sync_runs']) await house().sql(`DELETE FROM ${table}`);
  });

  const BAD_BODIES: [string, () => Buffer | string][] = [
    ['nothing', () => ''],
    ['no JSON', () => 'hello'],
    ['half of an envelope', () => envelope(event()).slice(0, 60)],
    ['bytes that are not UTF-8', () => Buffer.from([0x7b, 0xff, 0xfe, 0x80, 0x7d])],
    ['UTF-16', () => Buffer.from(envelope(event()), 'utf16le')],
    ['compressed bytes', () => gzipSync(envelope(event()))],
    ['null', () => 'null'],
    ['a list', () => '[]'],
    ['no events', () => '{}'],
    ['events that are no list', () => '{"events":{"0":{}}}'],
    ['too many events', () => envelope(...Array.from({ length: 1_001 }, () => 0))],
    ['brackets without end', () => '['.repeat(100_000)],
    ['an event that is null', () => envelope(null)],
    ['an event without a target', () => envelope(event({ target: undefined }))],
    ['an event without an id', () => envelope(event({ id: '' }))],
    ['an unknown action', () => envelope(event({ action: 'explode' }))],
    ['a repository with a way up', () => envelope(event({ target: { repository: '../../etc/passwd', tag: 'v1' } }))],
    ['a repository in upper case', () => envelope(event({ target: { repository: 'Alice/App', tag: 'v1' } }))],
    ['a repository of two kilobytes', () => envelope(event({ target: { repository: 'x'.repeat(2_000), tag: 'v1' } }))],
    ['a repository with a NUL', () => envelope(event({ target: { repository: 'alice/\0app', tag: 'v1' } }))],
    ['an action that is a list', () => envelope(event({ action: ['push'] }))],
  ];

  it.each(BAD_BODIES)(
    'answers %s with 202, records it as rejected and asks for a look at everything (traps 23 and 30)',
    async (_, body) => {
      expect((await post(body())).status).toBe(202);
      const stored = await rows();
      expect(stored).toMatchObject([{ state: 'rejected', repository: '' }]);
      expect(stored[0]!.reason).toBeTruthy();
      await until('a sync was asked for', async () => (await repairs()) === 1);
    },
  );

  it.each([
    ['no media type', { 'content-type': '' }],
    ['another media type', { 'content-type': 'text/plain; charset=iso-8859-1' }],
    ['a media type that is nonsense', { 'content-type': 'x' }],
    ['a content encoding that is not true', { 'content-encoding': 'gzip' }],
    ['an Expect header', { expect: '100-continue' }],
  ])('reads a good envelope with %s (traps 31 and 32)', async (_, headers) => {
    expect((await post(envelope(event({ action: 'mount' }), event()), headers)).status).toBe(202);
    const stored = await rows();
    expect(stored).toMatchObject([{ repository: 'alice/app' }]);
    expect(stored[0]!.state).not.toBe('rejected');
    expect(await repairs()).toBe(0);
  });

  it('keeps the good events beside a bad one', async () => {
    const token = await house().token(['repository:alice/good:pull,push']);
    const target = { url: house().registry.url, repository: 'alice/good', token };
    const image = buildImage({ seed: 'good' });
    await pushImage(target, 'v1', image);
    await untilTag(house(), 'alice/good', 'v1', image.manifest.digest);
    await house().sql('DELETE FROM registry_events');
    await house().sql('DELETE FROM tags');
    const good = event({ target: { repository: 'alice/good', tag: 'v1', digest: image.manifest.digest } });
    const answer = await post(envelope(event({ id: 7 }), good, event({ action: '' }), 'x'));
    expect(answer.status).toBe(202);
    const states = (await rows()).map((row) => row.state === 'rejected');
    expect(states.filter(Boolean)).toHaveLength(3);
    expect(states.filter((rejected) => !rejected)).toHaveLength(1);
    await untilTag(house(), 'alice/good', 'v1', image.manifest.digest);
    await until('the good one is done', async () =>
      (await rows()).some((row) => row.event_id === good['id'] && row.state === 'done'),
    );
  });

  it('stores what comes twice once, good or bad (trap 28)', async () => {
    const body = envelope(event());
    for (const one of [body, body, 'bad', 'bad']) expect((await post(one)).status).toBe(202);
    expect((await rows()).map((row) => row.state === 'rejected').toSorted()).toEqual([false, true]);
  });

  it('takes odd values of single fields for missing ones', async () => {
    const odd = { timestamp: 'yesterday', actor: [], request: 7, source: 'x' };
    const target = { repository: 'alice/odd', tag: 5, digest: 'x'.repeat(600), mediaType: {} };
    const nul = event({ id: 'a\0b', target: { repository: 'alice/odd', tag: 'v\0' }, actor: { name: 'al\0ice' } });
    const far = event({ timestamp: '+275760-09-13T00:00:00.000Z' });
    expect((await post(envelope(event({ ...odd, target }), nul, far))).status).toBe(202);
    expect((await rows()).map((row) => row.reason)).toHaveLength(3);
    expect((await rows()).filter((row) => row.state === 'rejected')).toEqual([]);
  });

  it('drains a body over the cap, and stores no more of it than a sample (trap 32)', async () => {
    const answer = await post(Buffer.alloc(CAP + 1, ' '));
    expect(answer.status).toBe(202);
    expect(await rows()).toMatchObject([{ state: 'rejected', reason: 'the body is larger than the cap' }]);
    const [row] = await house().sql<{ bytes: number }>(
      'SELECT max(octet_length(payload)) AS bytes FROM registry_events',
    );
    expect(row!.bytes).toBeLessThanOrEqual(4_096);
    await until('a sync was asked for', async () => (await repairs()) === 1);
    const last = await post(envelope(event()));
    expect(last.status).toBe(202);
  });

  it.each<[string, () => string | undefined]>([
    ['a wrong secret', () => 'Bearer not-the-secret-at-all'],
    ['no secret', () => undefined],
    ['an empty one', () => 'Bearer '],
    ['half of it', () => `Bearer ${house().webhookSecret.slice(0, 20)}`],
    ['more than it', () => `Bearer ${house().webhookSecret}x`],
    ['it as Basic', () => `Basic ${house().webhookSecret}`],
    ['the administrator', () => `Basic ${Buffer.from(`admin:${house().adminPassword}`).toString('base64')}`],
    ['two kilobytes', () => `Bearer ${'x'.repeat(2_000)}`],
  ])('answers 401 for %s and stores nothing (trap 33)', async (_, authorization) => {
    const value = authorization();
    const headers = { 'content-type': V2, ...(value === undefined ? {} : { authorization: value }) };
    for (const body of [envelope(event()), '']) {
      const answer = await rawRequest(`${house().url}/v2/webhooks/events`, { method: 'POST', headers, body });
      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ code: 'UNAUTHORIZED' }] });
    }
    expect(await rows()).toEqual([]);
    expect(await repairs()).toBe(0);
  });

  it('has written neither the secret nor what the bodies held (trap 34)', async () => {
    const marker = `marker-${randomUUID()}`;
    await post(`{"password":"${marker}"`);
    await post(envelope(event({ action: marker })));
    await until('it was logged', () => house().logs().includes('a notification was rejected'));
    expect(house().logs()).not.toContain(house().webhookSecret);
    expect(house().logs()).not.toContain(marker);
    expect(house().logs()).not.toContain('not-the-secret-at-all');
  });
});
