import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ManifestsRepository } from '#persistence/manifests.repository.js';
import { RepositoriesRepository } from '#persistence/repositories.repository.js';
import { TagHistoryRepository } from '#persistence/tag-history.repository.js';
import { buildArtifact, buildContent, buildImage, descriptor, type BuiltImage } from '../factories/image.js';
import { pageBy } from '../support/pages.js';
import { CatalogBench } from '../support/catalog-bench.js';

let bench: CatalogBench;
beforeAll(async () => {
  bench = await CatalogBench.create();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const REPOSITORY = 1;
const hexOf = (image: BuiltImage) => image.manifest.digest.replace('sha256:', '');
const digestOf = (seed: string) => buildImage({ seed }).manifest.digest;

/** An index of the images, and of an attestation that describes the first of them. */
function attested(images: BuiltImage[], attestation: BuiltImage): BuiltImage {
  const annotations = {
    'vnd.docker.reference.type': 'attestation-manifest',
    'vnd.docker.reference.digest': images[0]!.manifest.digest,
  };
  const manifests = [
    ...images.map((image) => ({ ...descriptor(image.manifest), platform: image.platform })),
    { ...descriptor(attestation.manifest), platform: attestation.platform, annotations },
  ];
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  return { ...images[0]!, manifest: buildContent(mediaType, { schemaVersion: 2, mediaType, manifests }) };
}

describe(ManifestsRepository.name, () => {
  const manifests = () => new ManifestsRepository(bench.database.sql);
  const referrers = async (digest: string) => {
    const rows = await manifests().referrersOf(REPOSITORY, digest, 100);
    return rows.map(({ digest: found, kind, foundBy, describes }) => ({ found, kind, foundBy, describes }));
  };

  it('groups what describes an image: by subject, by a tag of cosign, by an attestation inside of its index', async () => {
    const [image, arm] = [buildImage({ seed: 'a' }), buildImage({ seed: 'b', architecture: 'arm64' })];
    const [signed, sbom] = [buildArtifact({ artifactType: 'x/signature', content: 'tagged' }), 'application/spdx+json'];
    const subject = buildArtifact({ artifactType: sbom, content: '{}', subject: image.manifest });
    const attestation = buildArtifact({ artifactType: 'application/vnd.in-toto+json', content: 'slsa' });
    for (const one of [image, arm, subject, attestation]) bench.fake.putBuilt('team/app', null, one);
    bench.fake.putBuilt('team/app', `sha256-${hexOf(image)}.sig`, signed);
    const index = attested([image, arm], attestation);
    bench.fake.putBuilt('team/app', 'v1', index);
    await bench.handleEvents();
    const describes = image.manifest.digest;
    const expected = [
      { found: subject.manifest.digest, kind: 'sbom', foundBy: 'subject', describes },
      { found: signed.manifest.digest, kind: 'signature', foundBy: 'tag', describes },
      { found: attestation.manifest.digest, kind: 'attestation', foundBy: 'attestation', describes },
    ].toSorted((a, b) => (a.found < b.found ? -1 : 1));
    expect(await referrers(describes)).toEqual(expected);
    // Seen from the index: all of it describes something inside of it.
    expect(await referrers(index.manifest.digest)).toEqual(expected);
    expect(await referrers(arm.manifest.digest)).toEqual([]);
  });

  it('forgets a referrer that was deleted and that the registry denies, and remembers it when it is pushed again', async () => {
    const image = bench.fake.putImage('team/app', 'v1');
    const artifact = buildArtifact({ artifactType: 'application/spdx+json', content: '{}', subject: image.manifest });
    bench.fake.putBuilt('team/app', null, artifact);
    await bench.handleEvents();
    expect(await referrers(image.manifest.digest)).toHaveLength(1);
    bench.fake.deleteManifest('team/app', artifact.manifest.digest);
    await bench.handleEvents();
    expect(await referrers(image.manifest.digest)).toEqual([]);
    bench.fake.putBuilt('team/app', null, artifact);
    await bench.handleEvents();
    expect(await referrers(image.manifest.digest)).toHaveLength(1);
  });

  it('does not believe a deletion that the registry contradicts', async () => {
    const image = bench.fake.putImage('team/app', 'v1');
    await bench.handleEvents();
    bench.fake.deleteManifest('team/app', image.manifest.digest);
    bench.fake.putBuilt('team/app', 'v1', image, { silent: true });
    await bench.handleEvents();
    expect(await bench.stored()).toEqual(bench.held());
    expect(await bench.database.value('SELECT count(*)::int FROM manifests WHERE gone_at IS NOT NULL')).toBe(0);
  });

  it('tells which tags share a digest, and which indexes list it', async () => {
    const { index, children } = bench.fake.putIndex('team/app', 'multi', [{ seed: 'a' }, { seed: 'b' }]);
    bench.fake.retag('team/app', 'multi', 'multi-too');
    const [child] = children;
    bench.fake.retag('team/app', child!.manifest.digest, 'amd64');
    await bench.handleEvents();
    expect(await manifests().sharing(REPOSITORY, child!.manifest.digest)).toEqual({
      tags: ['amd64'],
      indexes: [{ digest: index.digest, tags: ['multi', 'multi-too'] }],
    });
    expect(await manifests().sharing(REPOSITORY, index.digest)).toEqual({ tags: ['multi', 'multi-too'], indexes: [] });
  });
});

describe(TagHistoryRepository.name, () => {
  it('has every digest of a tag, also one that was there between two readings, with who and how', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    await bench.handleEvents();
    bench.fake.putImage('team/app', 'v1', { seed: 'b', actor: 'bob' });
    bench.fake.putImage('team/app', 'v1', { seed: 'c' });
    await bench.handleEvents();
    bench.fake.putImage('team/app', 'v1', { seed: 'd', silent: true });
    await bench.sync('deep', 'update');
    bench.fake.deleteManifest('team/app', digestOf('d'));
    await bench.handleEvents();
    const history = new TagHistoryRepository(bench.database.sql);
    const { items, total } = await history.page(REPOSITORY, 'v1', pageBy('id', 'DESC'));
    expect(items.map(({ digest, actor, learnedFrom, kept }) => [digest, actor, learnedFrom, kept])).toEqual([
      [null, null, 'event', null],
      [digestOf('d'), null, 'sync', false],
      [digestOf('c'), 'alice', 'event', true],
      [digestOf('b'), 'bob', 'event', null],
      [digestOf('a'), 'alice', 'event', true],
    ]);
    expect(total).toBe(5);
    const page = await history.page(REPOSITORY, 'v1', { ...pageBy('id', 'DESC', 2), skip: 1 });
    expect(page.items.map((one) => one.digest)).toEqual([digestOf('d'), digestOf('c')]);
    expect(await history.had(REPOSITORY, 'v1', digestOf('b'))).toBe(true);
    expect(await history.had(REPOSITORY, 'v2', digestOf('b'))).toBe(false);
  });
});

it('a repository has the size of what is tagged, each digest once, and the time of its last push (trap 22)', async () => {
  const image = bench.fake.putImage('team/app', 'v1', { seed: 'a' });
  bench.fake.retag('team/app', 'v1', 'v2');
  const other = bench.fake.putImage('team/app', 'v3', { seed: 'b' });
  await bench.handleEvents();
  const size = (one: BuiltImage) => one.config.body.length + one.layers[0]!.body.length;
  const repositories = new RepositoriesRepository(bench.database.sql);
  const viewer = { userId: 0, admin: true };
  const latest = await bench.database.value<Date>('SELECT max(updated_at) FROM tags');
  const expected = { size: size(image) + size(other), lastPushedAt: latest };
  expect(await repositories.find(viewer, REPOSITORY)).toMatchObject(expected);
  const { items } = await repositories.page(viewer, { skip: 0, take: 5, sort: 'id', order: 'ASC' });
  expect(items).toEqual([expect.objectContaining(expected)]);
});
