import { describe, expect, it } from 'vitest';
import { buildImage, buildIndex } from '../factories/image.js';
import type { EventEnvelope, RegistryEvent } from '../fakes/registry.js';
import { pushManifest } from '../support/push-image.js';
import { until } from '../support/until.js';
import { Bench, type RegistryUnderTest } from './subject.js';

/** Notifications: which events an operation makes, and which members they have. */
export function registryEventConformance(subject: RegistryUnderTest): void {
  describe(`the notifications of ${subject.name}`, () => {
    const bench = Bench.of(subject);
    const old = subject.flavour === '2.8';
    pushes(bench, old);
    reads(bench);
    deletions(bench, old);
  });
}

/** Runs `operation`, waits for `count` events of the repository, and describes all that came, in order. */
async function eventsOf(
  bench: Bench,
  repository: string,
  count: number,
  operation: () => Promise<unknown>,
): Promise<RegistryEvent[]> {
  const all = (): RegistryEvent[] => bench.envelopes.flatMap(({ envelope }) => envelope.events);
  // Own events before and after it enclose the sequence: between them is all that came, and nothing of what was before.
  const enclose = async (tag: string): Promise<void> => {
    const marker = `marker/${repository.replace('/', '-')}`;
    await bench.push(marker, tag, buildImage());
    await until('the marker arrives', () =>
      all().some((event) => event.target.repository === marker && event.target.tag === tag),
    );
  };
  await enclose('begin');
  bench.envelopes.length = 0;
  await operation();
  await enclose('end');
  const events = all().filter((event) => event.target.repository === repository);
  expect(events.map(summary), 'number of events').toHaveLength(count);
  return events;
}

/** Such as `push manifest v1` or `delete digest`. */
function summary({ action, target }: RegistryEvent): string {
  const what = target.mediaType ? (target.mediaType === 'application/octet-stream' ? 'blob' : 'manifest') : '';
  const digest = target.digest && !what ? 'digest' : '';
  return [action, what, digest, target.tag].filter(Boolean).join(' ');
}

function pushes(bench: Bench, old: boolean): void {
  it('announces a push with all its members', async () => {
    const image = buildImage();
    const events = await eventsOf(bench, 'ev/push', 3, () => bench.push('ev/push', 'v1', image));
    expect(events.map(summary)).toEqual(['push blob', 'push blob', 'push manifest v1']);
    const { digest, mediaType, body } = image.manifest;
    const host = new URL(bench.url).host;
    expect(events.at(-1)).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      target: { mediaType, digest, size: body.length, length: body.length, repository: 'ev/push', tag: 'v1' },
      request: { id: expect.any(String), addr: expect.any(String), host, method: 'PUT', useragent: expect.any(String) },
      actor: { name: 'alice' },
      source: { addr: expect.any(String), instanceID: expect.any(String) },
    });
    expect(events.at(-1)?.target.url).toBe(`http://${host}/v2/ev/push/manifests/${digest}`);
    const version = old ? 'v1' : 'v2';
    expect(bench.envelopes[0]?.mediaType).toBe(`application/vnd.docker.distribution.events.${version}+json`);
    expect(bench.envelopes.every(({ envelope }: { envelope: EventEnvelope }) => envelope.events.length === 1)).toBe(
      true,
    );
  });

  it('announces a second tag, and an untagged child before its index', async () => {
    const image = buildImage({ seed: 'child' });
    const events = await eventsOf(bench, 'ev/index', 4, async () => {
      await bench.push('ev/index', null, image);
      await pushManifest(await bench.target('ev/index'), 'multi', buildIndex([image]));
    });
    expect(events.map(summary)).toEqual(['push blob', 'push blob', 'push manifest', 'push manifest multi']);
    const target = await bench.target('ev/index');
    const again = await eventsOf(bench, 'ev/index', 1, () => pushManifest(target, 'same', image.manifest));
    expect(again.map(summary)).toEqual(['push manifest same']);
  });
}

function reads(bench: Bench): void {
  it('announces GET and HEAD as pulls, a refusal by Accept too, but no 304', async () => {
    const image = buildImage({ seed: 'reads' });
    await bench.push('ev/read', 'v1', image);
    const { digest } = image.manifest;
    const client = bench.client();
    const events = await eventsOf(bench, 'ev/read', 4, async () => {
      await client.manifest('ev/read', 'v1');
      await client.manifest('ev/read', 'v1', { ifNoneMatch: digest });
      await client.headManifest('ev/read', digest);
      await client.blob('ev/read', image.config.digest, { maxBytes: 10_000 });
      const headers = { ...(await bench.headers('ev/read', 'pull')), accept: 'text/plain' };
      await fetch(`${bench.url}/v2/ev/read/manifests/v1`, { headers });
    });
    expect(events.map((event) => `${event.request.method} ${summary(event)}`)).toEqual([
      'GET pull manifest v1',
      'HEAD pull manifest',
      'GET pull blob',
      'GET pull manifest v1',
    ]);
    expect(events[0]?.actor).toEqual({ name: 'portus' });
  });
}

function deletions(bench: Bench, old: boolean): void {
  it('announces a deletion by digest, then one for each tag, in one request', async () => {
    const image = buildImage({ seed: 'deleted' });
    for (const tag of ['v1', 'v2']) await bench.push('ev/del', tag, image);
    const { digest } = image.manifest;
    const events = await eventsOf(bench, 'ev/del', 3, () => bench.client().deleteManifest('ev/del', digest));
    expect(events[0]?.target).toEqual(
      old ? { digest, repository: 'ev/del' } : { mediaType: '', digest, size: 0, repository: 'ev/del' },
    );
    // 3.x removes the tags in parallel.
    expect(events.slice(1).map(summary).sort()).toEqual(['delete v1', 'delete v2']);
    expect(new Set(events.map((event) => event.request.id)).size).toBe(1);
  });

  // 2.8 can not delete a tag.
  if (old) return;
  it('announces the deletion of one tag with an empty digest', async () => {
    await bench.push('ev/tagdel', 'v1', buildImage());
    const events = await eventsOf(bench, 'ev/tagdel', 1, () => bench.client().deleteManifest('ev/tagdel', 'v1'));
    expect(events[0]?.target).toEqual({ mediaType: '', digest: '', size: 0, repository: 'ev/tagdel', tag: 'v1' });
  });
}
