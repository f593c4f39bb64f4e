import { describe, expect, it } from 'vitest';
import { throwawayManifest } from '#domain/manifest/throwaway.js';
import type { CatalogPage, RegistryClient } from '#registry/registry-client.js';
import { buildArtifact, buildContent, buildImage, buildIndex } from '../factories/image.js';
import { registryEventConformance } from './registry-event-conformance.js';
import { registryWireConformance } from './registry-wire-conformance.js';
import { Bench, type RegistryUnderTest } from './subject.js';

const UNKNOWN_DIGEST = `sha256:${'a'.repeat(64)}`;

/**
 * What the client relies on, and what the fake promises: the same cases run on every registry. The registry demands
 * tokens, and each token carries only what the client asked for, so every case also proves the client's scopes.
 */
export function registryConformance(subject: RegistryUnderTest): void {
  describe(`the client on ${subject.name}`, () => {
    const bench = Bench.of(subject);
    absence(bench);
    manifests(bench);
    tags(bench);
    catalogue(bench);
    blobs(bench);
    deletions(bench);
    tokens(bench);
  });
  describe(`the client on ${subject.name} with deletes off`, () => {
    const bench = Bench.of(subject, { deleteEnabled: false });

    it('says that deleting is unsupported', async () => {
      const image = buildImage();
      await bench.push('off/app', 'v1', image);
      const client = bench.client();
      expect(await client.deleteManifest('off/app', image.manifest.digest)).toBe('disabled');
      expect(await client.deleteManifest('off/app', 'v1')).toBe('disabled');
      expect(await client.deleteManifest('off/app', 'never-was')).toBe('disabled');
    });
  });
  registryWireConformance(subject);
  registryEventConformance(subject);
}

async function allPages(client: RegistryClient, last?: string): Promise<CatalogPage[]> {
  const pages: CatalogPage[] = [];
  for await (const page of client.catalog({ last })) pages.push(page);
  return pages;
}

function absence(bench: Bench): void {
  it('is found without a token', async () => {
    const answer = await bench.client().ping();
    const [dateHeader, realm] = [expect.any(String), expect.stringMatching(/^https?:/)];
    expect(answer).toEqual({
      reachable: true,
      apiVersion: 'registry/2.0',
      dateHeader,
      service: 'registry.test',
      realm,
    });
    expect(Date.parse(answer.dateHeader ?? '')).not.toBeNaN();
  });

  it('lists an empty catalog as one empty page', async () => {
    expect(await allPages(bench.client())).toEqual([{ repositories: [], next: null, invalid: [] }]);
  });

  it('proves that what never existed is absent', async () => {
    const client = bench.client();
    expect(await client.tags('never/was')).toEqual({ state: 'absent', code: 'NAME_UNKNOWN' });
    expect(await client.manifest('never/was', 'v1')).toEqual({ state: 'absent', code: 'MANIFEST_UNKNOWN' });
    expect(await client.headManifest('never/was', UNKNOWN_DIGEST)).toMatchObject({ state: 'absent' });
    expect(await client.deleteManifest('never/was', UNKNOWN_DIGEST)).toBe('absent');
  });

  it('does not take a repository with nothing but blobs for an existing one', async () => {
    await bench.pushBlobs('only/blobs', buildImage());
    expect(await bench.client().tags('only/blobs')).toEqual({ state: 'absent', code: 'NAME_UNKNOWN' });
  });
}

function manifests(bench: Bench): void {
  const image = buildImage({ seed: 'kinds' });
  const arm = buildImage({ seed: 'kinds', architecture: 'arm64', variant: 'v8' });
  const dockerImage = buildImage({ kind: 'docker' });
  const kinds = [
    ['an OCI manifest', image, image.manifest],
    ['a Docker manifest', dockerImage, dockerImage.manifest],
    ['an OCI index', image, buildIndex([image, arm])],
    ['a Docker manifest list', dockerImage, buildIndex([dockerImage], { kind: 'docker' })],
    ['an artifact', buildArtifact({ artifactType: 'application/vnd.test.sbom', content: '{}' }), null],
  ] as const;

  it.each(kinds)('stores and reads %s byte by byte, by tag and by digest', async (label, parts, content) => {
    const manifest = content ?? parts.manifest;
    const repository = `kinds/${label.toLowerCase().replaceAll(' ', '-')}`;
    for (const child of [parts, arm]) await bench.push(repository, null, child);
    const client = bench.client();
    const { digest, mediaType, body } = manifest;
    expect(await client.putManifest(repository, 'v1', mediaType, body)).toEqual({ digest });
    const found = { state: 'found', digest, mediaType, size: body.length };
    expect(await client.manifest(repository, 'v1')).toEqual({ ...found, body });
    expect(await client.manifest(repository, digest)).toEqual({ ...found, body });
    expect(await client.headManifest(repository, 'v1')).toEqual(found);
    expect(await client.headManifest(repository, digest)).toEqual(found);
  });

  it('answers "unchanged" to a known digest, and the new one after a retag', async () => {
    const [before, after] = [buildImage({ seed: 'before' }), buildImage({ seed: 'after' })];
    await bench.push('cond/app', 'v1', before);
    const client = bench.client();
    const options = { ifNoneMatch: before.manifest.digest };
    expect(await client.manifest('cond/app', 'v1', options)).toEqual({ state: 'unchanged' });
    expect(await client.headManifest('cond/app', 'v1', options)).toEqual({ state: 'unchanged' });
    await bench.push('cond/app', 'v1', after);
    expect(await client.manifest('cond/app', 'v1', options)).toMatchObject({ digest: after.manifest.digest });
  });

  it('refuses a manifest whose parts are missing, and one that is none', async () => {
    const client = bench.client();
    const { mediaType, body } = buildImage({ seed: 'nowhere' }).manifest;
    const incomplete = client.putManifest('bad/app', 'v1', mediaType, body);
    await expect(incomplete).rejects.toMatchObject({ code: 'MANIFEST_BLOB_UNKNOWN', status: 400, temporary: false });
    const garbage = client.putManifest('bad/app', 'v1', mediaType, Buffer.from('x'));
    await expect(garbage).rejects.toMatchObject({ code: 'MANIFEST_INVALID', status: 400 });
  });

  it('answers many reads at once over few connections', async () => {
    const stored = buildImage({ seed: 'many' });
    await bench.push('many/app', 'v1', stored);
    const client = bench.client({ maxConnections: 3 });
    const reads = await Promise.all(Array.from({ length: 40 }, () => client.manifest('many/app', 'v1')));
    expect(new Set(reads.map((read) => (read.state === 'found' ? read.digest : read.state)))).toEqual(
      new Set([stored.manifest.digest]),
    );
  });
}

function tags(bench: Bench): void {
  it.each([1, 2, 4, 100])('lists every tag once with pages of %i', async (pageSize) => {
    const repository = `paged/tags${pageSize}`;
    const names = ['1.0', 'A', 'latest', 'sha256-abc.sig'];
    for (const tag of names) await bench.push(repository, tag, buildImage({ seed: tag }));
    const client = bench.client({ pageSize });
    const listing = await client.tags(repository);
    expect(listing).toMatchObject({ state: 'listed', invalid: [] });
    // 2.8 sends them in no order.
    expect(listing.state === 'listed' && listing.tags.sort()).toEqual(names);
  });

  it('denies a repository in which nothing was ever tagged, though its manifests can be read', async () => {
    const image = buildImage({ seed: 'untagged' });
    await bench.push('untagged/app', null, image);
    const client = bench.client();
    expect(await client.tags('untagged/app')).toEqual({ state: 'absent', code: 'NAME_UNKNOWN' });
    expect(await client.manifest('untagged/app', image.manifest.digest)).toMatchObject({ state: 'found' });
    expect((await allPages(client)).flatMap((page) => page.repositories)).toContain('untagged/app');
  });
}

function catalogue(bench: Bench): void {
  it.each([1, 2, 3, 100])('pages the catalog completely with pages of %i, and can be continued', async (pageSize) => {
    const names = ['zz/a', 'zz/a/b', 'zz/a-b', 'zz/a.b', 'zz/ab'];
    for (const name of names) await bench.push(name, 'v1', buildImage());
    const client = bench.client({ pageSize });
    const pages = await allPages(client);
    const all = pages.flatMap((page) => page.repositories);
    expect(all.filter((name) => name.startsWith('zz/'))).toEqual(names);
    expect(new Set(all).size).toBe(all.length);
    expect(pages.at(-1)?.next).toBeNull();
    expect(pages.slice(0, -1).every((page) => page.next === page.repositories.at(-1))).toBe(true);
    const rest = await allPages(client, 'zz/a/b');
    expect(rest.flatMap((page) => page.repositories)).toEqual(names.slice(2));
  });
}

function blobs(bench: Bench): void {
  it('reads a configuration within its limit', async () => {
    const image = buildImage({ seed: 'config', labels: { 'org.example.text': 'ü' } });
    await bench.push('blobs/app', 'v1', image);
    const client = bench.client();
    const { digest, body } = image.config;
    expect(await client.blob('blobs/app', digest, { maxBytes: body.length })).toEqual(body);
    const tooSmall = client.blob('blobs/app', digest, { maxBytes: body.length - 1 });
    await expect(tooSmall).rejects.toMatchObject({ code: 'TOO_LARGE' });
    const unknown = client.blob('blobs/app', UNKNOWN_DIGEST, { maxBytes: 100 });
    await expect(unknown).rejects.toMatchObject({ code: 'BLOB_UNKNOWN', status: 404 });
  });
}

function deletions(bench: Bench): void {
  it('deletes a manifest with all its tags; the emptied repository stays known', async () => {
    const image = buildImage({ seed: 'doomed' });
    for (const tag of ['v1', 'v2']) await bench.push('gone/app', tag, image);
    const client = bench.client();
    expect(await client.deleteManifest('gone/app', image.manifest.digest)).toBe('deleted');
    expect(await client.deleteManifest('gone/app', image.manifest.digest)).toBe('absent');
    expect(await client.manifest('gone/app', 'v1')).toMatchObject({ state: 'absent' });
    expect(await client.headManifest('gone/app', 'v2')).toMatchObject({ state: 'absent' });
    expect(await client.tags('gone/app')).toEqual({ state: 'listed', tags: [], invalid: [] });
    expect((await allPages(client)).flatMap((page) => page.repositories)).toContain('gone/app');
  });

  it('deletes one tag where the registry can, and says so where it can not', async () => {
    const image = buildImage({ seed: 'one-tag' });
    for (const tag of ['v1', 'v2']) await bench.push('tagdel/app', tag, image);
    const client = bench.client();
    const old = bench.flavour === '2.8';
    expect(await client.deleteManifest('tagdel/app', 'v1')).toBe(old ? 'not-by-tag' : 'deleted');
    expect(await client.deleteManifest('tagdel/app', 'v9')).toBe(old ? 'not-by-tag' : 'absent');
    const left = await client.tags('tagdel/app');
    expect(left.state === 'listed' && left.tags.sort()).toEqual(old ? ['v1', 'v2'] : ['v2']);
    expect(await client.manifest('tagdel/app', image.manifest.digest)).toMatchObject({ state: 'found' });
  });

  it('takes an empty index for a tag, whose deletion leaves the former manifest alone', async () => {
    const image = buildImage({ seed: 'moved-away' });
    for (const tag of ['v1', 'v2']) await bench.push('away/app', tag, image);
    const client = bench.client();
    const { mediaType, body } = throwawayManifest('conformance');
    const { digest } = await client.putManifest('away/app', 'v1', mediaType, body);
    expect(await client.deleteManifest('away/app', digest)).toBe('deleted');
    expect(await client.manifest('away/app', 'v1')).toMatchObject({ state: 'absent' });
    expect(await client.manifest('away/app', 'v2')).toMatchObject({ digest: image.manifest.digest });
  });

  it('puts the bytes of an earlier manifest back under its tag', async () => {
    const [before, after] = [buildImage({ seed: 'first' }), buildImage({ seed: 'second' })];
    for (const image of [before, after]) await bench.push('back/app', 'v1', image);
    const client = bench.client();
    const kept = await client.manifest('back/app', before.manifest.digest);
    if (kept.state !== 'found') throw new Error('the earlier manifest is not there');
    await client.putManifest('back/app', 'v1', kept.mediaType, kept.body);
    expect(await client.headManifest('back/app', 'v1')).toMatchObject({ digest: before.manifest.digest });
  });

  it('has no API of referrers', async () => {
    const image = buildImage({ seed: 'referred' });
    await bench.push('refs/app', 'v1', image);
    const headers = await bench.headers('refs/app', 'pull');
    const answer = await fetch(`${bench.url}/v2/refs/app/referrers/${image.manifest.digest}`, { headers });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe('404 page not found\n');
  });
}

function tokens(bench: Bench): void {
  it('replaces a refused token once, and then gives up', async () => {
    await bench.push('auth/app', 'v1', buildImage());
    const signed: string[] = [];
    const expiredFirst = bench.client({
      tokenFor: async (access) => {
        const token = await bench.signing.sign(access, { ageSeconds: signed.length === 0 ? 3600 : 0 });
        signed.push(token);
        return token;
      },
    });
    expect(await expiredFirst.tags('auth/app')).toMatchObject({ state: 'listed' });
    expect(await expiredFirst.tags('auth/app')).toMatchObject({ state: 'listed' });
    expect(signed).toHaveLength(2);
    const powerless = bench.client({ tokenFor: () => bench.signing.sign([]) });
    await expect(powerless.tags('auth/app')).rejects.toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
  });

  it('stores nothing that is not a manifest type', async () => {
    const { body } = buildContent('text/plain', 'x');
    const refused = bench.client().putManifest('auth/app', 'odd', 'text/plain', body);
    await expect(refused).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  });
}
