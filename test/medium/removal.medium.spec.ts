import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OwnChanges } from '#catalog/own-changes.js';
import { RepositoryRemover } from '#catalog/repository-remover.js';
import { TagRemover, type TagTarget } from '#catalog/tag-remover.js';
import { TagRestorer } from '#catalog/tag-restorer.js';
import { throwawayManifest } from '#domain/manifest/throwaway.js';
import { ManifestsRepository } from '#persistence/manifests.repository.js';
import type { RegistryClient } from '#registry/registry-client.js';
import { errorReply } from '../fakes/registry/reply.js';
import { buildImage } from '../factories/image.js';
import { CatalogBench } from '../support/catalog-bench.js';

let bench: CatalogBench;
let acting: RegistryClient;
beforeAll(async () => {
  bench = await CatalogBench.create();
});
afterAll(() => bench.close());
afterEach(() => acting?.close());

const start = async (flavour: '2.8' | '3'): Promise<void> => {
  await bench.reset({ flavour });
  acting = bench.clients.create(bench.registry, 'bob');
};
const own = () => new OwnChanges(bench.inbox, bench.reconciler());
const digestOf = (seed: string) => buildImage({ seed }).manifest.digest;

async function remove(tag: string, more: Partial<TagTarget> = {}) {
  const manifests = new ManifestsRepository(bench.database.sql);
  const target = { registry: bench.registry, fullName: 'team/app', digest: null, actor: 'bob', moveShared: false };
  return new TagRemover(bench.clients, bench.catalog, manifests, own()).remove({ ...target, tag, ...more }, acting);
}

/** The registry's own notifications are lost in all of these: what Portus did is known all the same. */
const expectEqual = async (): Promise<void> => {
  bench.undelivered.length = 0;
  const held = Object.entries(bench.held()).filter(([, tags]) => Object.keys(tags).length > 0);
  expect(await bench.stored()).toEqual(Object.fromEntries(held));
};

describe.each(['2.8', '3'] as const)(`${TagRemover.name} on registry %s`, (flavour) => {
  beforeEach(() => start(flavour));

  it('takes a tag off whose digest is its own, and tells who it was', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    bench.fake.putImage('team/app', 'v2', { seed: 'b' });
    await bench.handleEvents();
    expect(await remove('v1')).toEqual({ state: 'removed' });
    expect(Object.keys(bench.held()['team/app']!)).toEqual(['v2']);
    await expectEqual();
    expect(await remove('v1')).toEqual({ state: 'absent' });
  });

  it('never takes a sibling along (trap 38)', async () => {
    const { manifest } = bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    bench.fake.retag('team/app', 'v1', 'v2');
    // Nobody told us of this one.
    bench.fake.retag('team/app', 'v1', 'v3', { silent: true });
    await bench.handleEvents();
    const removal = await remove('v1');
    if (flavour === '2.8') expect(removal).toEqual({ state: 'shared', tags: ['v2', 'v3'], indexes: [] });
    else expect(removal).toEqual({ state: 'removed' });
    const left = flavour === '2.8' ? ['v1', 'v2', 'v3'] : ['v2', 'v3'];
    expect(Object.keys(bench.held()['team/app']!).toSorted()).toEqual(left);
    if (flavour === '2.8') expect(await remove('v1', { moveShared: true })).toEqual({ state: 'removed' });
    expect(bench.held()).toEqual({ 'team/app': { v2: manifest.digest, v3: manifest.digest } });
    await bench.sync('deep', 'update');
    await expectEqual();
  });

  it('leaves the images of an index alone', async () => {
    const { index, children } = bench.fake.putIndex('team/app', 'multi', [{ seed: 'a' }, { seed: 'b' }]);
    bench.fake.retag('team/app', children[0]!.manifest.digest, 'amd64');
    await bench.handleEvents();
    const removal = await remove('amd64');
    if (flavour === '2.8')
      expect(removal).toEqual({ state: 'shared', tags: [], indexes: [{ digest: index.digest, tags: ['multi'] }] });
    else expect(removal).toEqual({ state: 'removed' });
    const answer = await bench.clients.of(bench.registry).headManifest('team/app', children[0]!.manifest.digest);
    expect(answer.state).toBe('found');
  });

  it('leaves a tag alone that has another digest than was meant', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    await bench.handleEvents();
    bench.fake.putImage('team/app', 'v1', { seed: 'b' });
    expect(await remove('v1', { digest: digestOf('a') })).toEqual({ state: 'moved' });
    expect(bench.held()).toEqual({ 'team/app': { v1: digestOf('b') } });
  });

  it('finishes a removal that was cut short after the tag was moved to its throw-away', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    bench.fake.retag('team/app', 'v1', 'v2');
    await bench.handleEvents();
    const { mediaType, body } = throwawayManifest('left behind');
    await acting.putManifest('team/app', 'v1', mediaType, body);
    expect(await remove('v1', { digest: digestOf('a') })).toEqual({ state: 'removed' });
    expect(bench.held()).toEqual({ 'team/app': { v2: digestOf('a') } });
    await expectEqual();
  });

  it('says that deletes are off, and changes nothing', async () => {
    bench.fake.putImage('team/app', 'v1');
    await bench.handleEvents();
    bench.fake.deleteEnabled = false;
    expect(await remove('v1')).toEqual({ state: 'disabled' });
    await expectEqual();
  });

  it.each([500, 401, 429])(
    'removes no row when the registry answers its DELETE with %i, and can be repeated',
    async (status) => {
      bench.fake.putImage('team/app', 'v1');
      await bench.handleEvents();
      bench.fake.fault = ({ method }) =>
        method === 'DELETE' ? errorReply(flavour, status, 'UNKNOWN', 'no') : undefined;
      await expect(remove('v1')).rejects.toMatchObject({ status });
      await expectEqual();
      bench.fake.fault = null;
      expect(await remove('v1')).toEqual({ state: 'removed' });
      await expectEqual();
    },
  );

  it('reports a push that came between the deletion and its proof', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    await bench.handleEvents();
    let deleted = false;
    bench.fake.fault = ({ method, path }) => {
      if (method === 'DELETE') deleted = true;
      else if (deleted && path.endsWith('/manifests/v1')) bench.fake.putImage('team/app', 'v1', { seed: 'b' });
      return undefined;
    };
    expect(await remove('v1')).toEqual({ state: 'moved' });
    bench.fake.fault = null;
    await bench.handleEvents();
    expect(await bench.stored()).toEqual({ 'team/app': { v1: digestOf('b') } });
  });
});

describe('a shared tag on registry 2.8', () => {
  beforeEach(() => start('2.8'));

  it('is not touched when the look at its siblings fails', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    await bench.handleEvents();
    bench.fake.retag('team/app', 'v1', 'v2', { silent: true });
    bench.fake.fault = ({ path }) =>
      path.endsWith('/manifests/v2') ? errorReply('2.8', 404, 'DENIED', 'no') : undefined;
    expect(await remove('v1', { moveShared: true })).toEqual({ state: 'unclear' });
    expect(Object.keys(bench.held()['team/app']!).toSorted()).toEqual(['v1', 'v2']);
  });

  it('keeps what is pushed to it while it is moved away, and its siblings', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    bench.fake.retag('team/app', 'v1', 'v2');
    await bench.handleEvents();
    let moved = false;
    bench.fake.fault = ({ method, path }) => {
      if (method === 'HEAD' && moved && path.endsWith('/manifests/v1'))
        bench.fake.putImage('team/app', 'v1', { seed: 'new' });
      if (method === 'PUT') moved = true;
      return undefined;
    };
    expect(await remove('v1', { moveShared: true })).toEqual({ state: 'moved' });
    expect(bench.held()).toEqual({ 'team/app': { v1: digestOf('new'), v2: digestOf('a') } });
  });
});

describe.each(['2.8', '3'] as const)(`${RepositoryRemover.name} on registry %s`, (flavour) => {
  beforeEach(() => start(flavour));
  const empty = () =>
    new RepositoryRemover(bench.clients, bench.catalog, own()).remove(
      { registry: bench.registry, fullName: 'team/app', actor: 'bob' },
      acting,
    );

  it('empties a repository, with what nobody told us of', async () => {
    bench.fake.putIndex('team/app', 'multi', [{ seed: 'a' }, { seed: 'b' }]);
    bench.fake.putImage('team/app', 'v1', { seed: 'c' });
    bench.fake.retag('team/app', 'v1', 'v2');
    bench.fake.putImage('team/other', 'v1', { seed: 'c' });
    await bench.handleEvents();
    bench.fake.putImage('team/app', 'secret', { seed: 'd', silent: true });
    expect(await empty()).toEqual({ state: 'removed' });
    expect(bench.held()['team/app']).toBeUndefined();
    await expectEqual();
    expect(await bench.database.value(`SELECT removed_at IS NOT NULL FROM repositories WHERE name = 'app'`)).toBe(true);
    expect(await bench.database.value(`SELECT actor FROM registry_events WHERE event_id LIKE 'portus:%' LIMIT 1`)).toBe(
      'bob',
    );
    expect(await empty()).toEqual({ state: 'removed' });
  });

  it('keeps the rows of what a failing registry still has, and can be repeated', async () => {
    for (const seed of ['a', 'b', 'c', 'd']) bench.fake.putImage('team/app', seed, { seed });
    await bench.handleEvents();
    let deletes = 0;
    bench.fake.fault = ({ method }) =>
      method === 'DELETE' && ++deletes >= 3 ? errorReply(flavour, 500, 'UNKNOWN', 'no') : undefined;
    await expect(empty()).rejects.toMatchObject({ status: 500 });
    expect(Object.keys(bench.held()['team/app']!)).toHaveLength(2);
    await expectEqual();
    bench.fake.fault = null;
    expect(await empty()).toEqual({ state: 'removed' });
    await expectEqual();
  });

  it('tells what was pushed meanwhile, and that deletes are off', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    await bench.handleEvents();
    bench.fake.fault = ({ method }) => {
      if (method === 'DELETE') bench.fake.putImage('team/app', 'v2', { seed: 'b' });
      return undefined;
    };
    expect(await empty()).toEqual({ state: 'left', tags: ['v2'] });
    bench.fake.fault = null;
    bench.fake.deleteEnabled = false;
    expect(await empty()).toEqual({ state: 'disabled' });
  });
});

describe(TagRestorer.name, () => {
  beforeEach(() => start('3'));
  const restore = (digest: string) =>
    new TagRestorer(bench.clients, own()).restore({
      registry: bench.registry,
      fullName: 'team/app',
      tag: 'v1',
      digest,
      actor: 'bob',
    });

  it('puts an earlier manifest back under its tag, by whom', async () => {
    for (const seed of ['a', 'b']) bench.fake.putImage('team/app', 'v1', { seed });
    await bench.handleEvents();
    expect(await restore(digestOf('a'))).toEqual({ state: 'restored' });
    expect(bench.held()).toEqual({ 'team/app': { v1: digestOf('a') } });
    await expectEqual();
    const last = await bench.database.sql.query('SELECT digest, actor FROM tag_revisions ORDER BY id DESC LIMIT 1');
    expect(last).toEqual([{ digest: digestOf('a'), actor: 'bob' }]);
    expect(bench.fake.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  it('refuses what the registry no longer has, and an index whose images are gone', async () => {
    const { index, children } = bench.fake.putIndex('team/app', 'v1', [{ seed: 'x' }, { seed: 'y' }]);
    bench.fake.putImage('team/app', 'v1', { seed: 'b' });
    await bench.handleEvents();
    bench.fake.deleteManifest('team/app', children[1]!.manifest.digest);
    expect(await restore(index.digest)).toEqual({ state: 'incomplete', missing: [children[1]!.manifest.digest] });
    bench.fake.deleteManifest('team/app', index.digest);
    expect(await restore(index.digest)).toEqual({ state: 'gone' });
    expect(bench.held()).toEqual({ 'team/app': { v1: digestOf('b') } });
  });
});
