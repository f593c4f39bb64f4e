import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OwnChanges } from '#catalog/own-changes.js';
import { RepositoryRemover } from '#catalog/repository-remover.js';
import { TagRemover } from '#catalog/tag-remover.js';
import { TagRestorer } from '#catalog/tag-restorer.js';
import type { Registry } from '#domain/registry/registry.entity.js';
import { ManifestsRepository } from '#persistence/manifests.repository.js';
import type { RegistryClient } from '#registry/registry-client.js';
import { buildImage } from '../factories/image.js';
import { CatalogBench } from '../support/catalog-bench.js';
import { pushImage } from '../support/push-image.js';
import { startRealRegistry, type RealRegistry } from '../support/real-registry.js';

const WHOLE = {
  deep: true,
  mayRemove: false,
  confirmBefore: new Date(0),
  runId: 0,
  removals: new Set<string>(),
  dryRun: false,
} as const;
const fullName = 'team/app';
const digestOf = (seed: string) => buildImage({ seed }).manifest.digest;

for (const [flavour, variable] of [
  ['2.8', 'PORTUS_TEST_REGISTRY_28'],
  ['3', 'PORTUS_TEST_REGISTRY_3'],
] as const) {
  const binary = process.env[variable];
  describe.skipIf(!binary)(
    `deletion and rollback at a real registry ${flavour} (${variable} names the program)`,
    () => {
      if (binary) scenes(flavour, binary);
      // One skip that says what is missing, not one for each case.
      else it('are done', () => undefined);
    },
  );
}

function scenes(flavour: '2.8' | '3', binary: string): void {
  let bench: CatalogBench;
  let real: RealRegistry;
  let registry: Registry;
  let acting: RegistryClient;
  const own = () => new OwnChanges(bench.inbox, bench.reconciler());
  const push = (tag: string, seed: string) =>
    pushImage({ url: real.url, repository: fullName }, tag, buildImage({ seed }));
  const tags = async () => (await bench.stored(registry))[fullName] ?? {};
  const held = async () => {
    const listing = await bench.clients.of(registry).tags(fullName);
    return listing.state === 'listed' ? listing.tags.toSorted() : [];
  };
  const remove = (tag: string, moveShared = false) => {
    const target = { registry, fullName, tag, digest: null, actor: 'bob', moveShared };
    const manifests = new ManifestsRepository(bench.database.sql);
    return new TagRemover(bench.clients, bench.catalog, manifests, own()).remove(target, acting);
  };
  const start = async (deleteEnabled: boolean): Promise<void> => {
    await bench.reset();
    real = await startRealRegistry({ binary, deleteEnabled });
    registry = await bench.addRegistry(real.hostPort);
    acting = bench.clients.create(registry, 'bob');
  };
  beforeAll(async () => {
    bench = await CatalogBench.create();
  });
  afterAll(() => bench.close());
  beforeEach(() => start(true));
  afterEach(async () => {
    await acting.close();
    await real.remove();
  });

  it('a tag goes without its siblings, an own one too, and the rest of the repository in the end', async () => {
    for (const [tag, seed] of [
      ['one', 'a'],
      ['two', 'a'],
      ['own', 'b'],
    ] as const)
      await push(tag, seed);
    await own().look(registry, fullName, WHOLE);
    const first = await remove('one');
    if (flavour === '2.8') {
      expect(first).toEqual({ state: 'shared', tags: ['two'], indexes: [] });
      expect(await held()).toEqual(['one', 'own', 'two']);
      expect(await remove('one', true)).toEqual({ state: 'removed' });
    } else expect(first).toEqual({ state: 'removed' });
    expect(await remove('own')).toEqual({ state: 'removed' });
    expect(await held()).toEqual(['two']);
    expect(await tags()).toEqual({ two: digestOf('a') });
    const remover = new RepositoryRemover(bench.clients, bench.catalog, own());
    expect(await remover.remove({ registry, fullName, actor: 'bob' }, acting)).toEqual({ state: 'removed' });
    expect([await held(), await tags()]).toEqual([[], {}]);
  });

  it('a tag gets an earlier digest back', async () => {
    for (const seed of ['a', 'b']) await push('v1', seed);
    await own().look(registry, fullName, WHOLE);
    const target = { registry, fullName, tag: 'v1', digest: digestOf('a'), actor: 'bob' };
    expect(await new TagRestorer(bench.clients, own()).restore(target)).toEqual({ state: 'restored' });
    expect(await tags()).toEqual({ v1: digestOf('a') });
  });

  it('deletes that are off are told as such', async () => {
    await acting.close();
    await real.remove();
    await start(false);
    await push('v1', 'a');
    await own().look(registry, fullName, WHOLE);
    expect(await remove('v1')).toEqual({ state: 'disabled' });
    expect(await tags()).toEqual({ v1: digestOf('a') });
  });
}
