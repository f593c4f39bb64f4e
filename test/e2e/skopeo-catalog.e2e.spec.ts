import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildArtifact, buildIndex, type BuiltImage } from '../factories/image.js';
import { buildCompressedImage } from '../support/oci-layout.js';
import { pushImage } from '../support/push-image.js';
import { scenes } from '../support/scenes.js';
import { Skopeo } from '../support/skopeo.js';
import type { Stack, TestUser } from '../support/stack-handle.js';
import { findRepository, tagsOf, untilComplete, untilTag, untilTags, type TagView } from '../support/world.js';
import { until } from '../support/until.js';

/** No sync helps here: the stack imports once at its start, and learns the rest from notifications. */
scenes('what skopeo pushes is in the catalog', { needs: ['PORTUS_TEST_SKOPEO'] }, (house, flavour) => {
  let alice: TestUser;
  let client: Skopeo;

  beforeAll(async () => {
    alice = await house().createUser('alice', 'password of alice');
    client = await Skopeo.as(house().registryHost, alice);
  });
  afterAll(() => client.remove());

  const push = async (name: string, image: BuiltImage): Promise<void> => {
    const { code, output } = await client.pushImage(name, image);
    expect(code, output).toBe(0);
  };

  it('a pushed image, with digest, size, platform, author and media type', async () => {
    const image = buildCompressedImage({ seed: 'facts', os: 'linux', architecture: 'arm64', variant: 'v8' });
    await push('alice/facts:v1', image);
    await untilTag(house(), 'alice/facts', 'v1', image.manifest.digest, 'alice');
    const tag = await untilComplete(house(), 'alice/facts', 'v1');
    expect(tag).toMatchObject({
      author: { id: alice.id, name: 'alice' },
      image_id: image.config.digest.replace('sha256:', ''),
      size: sizeOf(image),
      media_type: image.manifest.mediaType,
      platforms: [{ os: 'linux', architecture: 'arm64', variant: 'v8', digest: image.manifest.digest }],
    });
    expect((await house().get<TagView>(`/tags/${tag.id}`)).body).toMatchObject({ digest: image.manifest.digest });
    expect(await findRepository(house(), 'alice/facts')).toMatchObject({ tags_count: 1 });
  });

  it('a scan that nobody can make is shown as such, and not as "no vulnerabilities"', async () => {
    const image = buildCompressedImage({ seed: 'scan' });
    await push('alice/scanned:v1', image);
    const scan = await until('the scan has an outcome', async () => {
      const tag = (await tagsOf(house(), 'alice/scanned'))['v1'];
      return tag && tag.scan.state !== 'queued' ? tag.scan : null;
    });
    expect(scan.reason).toMatch(/no scanner configured/);
    expect(scan.state).not.toBe('done');
  });

  it('a retag to another digest, and a second tag on the same digest', async () => {
    const [one, two] = [buildCompressedImage({ seed: 'one' }), buildCompressedImage({ seed: 'two' })];
    await push('alice/retag:latest', one);
    const before = await untilTag(house(), 'alice/retag', 'latest', one.manifest.digest);
    await push('alice/retag:latest', two);
    const after = await untilTag(house(), 'alice/retag', 'latest', two.manifest.digest);
    expect(after.id).toBe(before.id);
    const copied = await client.copy('alice/retag:latest', 'alice/retag:stable');
    expect(copied.code, copied.output).toBe(0);
    await untilTag(house(), 'alice/retag', 'stable', two.manifest.digest);
    await untilTags(house(), 'alice/retag', ['latest', 'stable']);
    const listed = await client.listTags('alice/retag');
    expect((JSON.parse(listed.stdout) as { Tags: string[] }).Tags.toSorted()).toEqual(['latest', 'stable']);
  });

  it('a deleted manifest, with all tags that it had', async () => {
    const [kept, gone] = [buildCompressedImage({ seed: 'kept' }), buildCompressedImage({ seed: 'gone' })];
    await push('alice/delete:kept', kept);
    for (const tag of ['gone', 'gone-too']) await push(`alice/delete:${tag}`, gone);
    await untilTags(house(), 'alice/delete', ['gone', 'gone-too', 'kept']);
    const { code, output } = await client.delete('alice/delete:gone');
    expect(code, output).toBe(0);
    await untilTags(house(), 'alice/delete', ['kept']);
    expect(await findRepository(house(), 'alice/delete')).toMatchObject({ tags_count: 1 });
    expect((await client.pull('alice/delete:gone-too')).code).not.toBe(0);
  });

  it('a tag that was taken off, while its twin stays', async () => {
    const image = buildCompressedImage({ seed: 'untag' });
    for (const tag of ['off', 'on']) await push(`alice/untag:${tag}`, image);
    await untilTags(house(), 'alice/untag', ['off', 'on']);
    const token = await house().token(['repository:alice/untag:delete'], alice);
    const url = `${house().registry.url}/v2/alice/untag/manifests/off`;
    const answer = await fetch(url, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
    // Registry 2.8 takes no tag off, and announces nothing.
    expect(answer.status).toBe(flavour === '3' ? 202 : 400);
    await untilTags(house(), 'alice/untag', flavour === '3' ? ['on'] : ['off', 'on']);
  });

  it('an index of two platforms, copied with all its images', async () => {
    const images = ['amd64', 'arm64'].map((architecture) => buildCompressedImage({ seed: architecture, architecture }));
    const index = buildIndex(images);
    const { code, output } = await client.push('alice/multi:v1', index, images);
    expect(code, output).toBe(0);
    const tag = await untilTag(house(), 'alice/multi', 'v1', index.digest, 'alice');
    expect(tag.media_type).toBe(index.mediaType);
    expect(tag.size).toBe(images.reduce((sum, image) => sum + sizeOf(image), 0));
    expect(tag.platforms.map(({ os, architecture, digest }) => `${os}/${architecture} ${digest}`)).toEqual(
      images.map((image) => `linux/${image.platform.architecture} ${image.manifest.digest}`),
    );
    const copied = await client.copy('alice/multi:v1', 'alice/elsewhere:v1');
    expect(copied.code, copied.output).toBe(0);
    expect((await untilTag(house(), 'alice/elsewhere', 'v1', index.digest)).platforms).toHaveLength(2);
    expect((await client.pull('alice/elsewhere:v1')).digest).toBe(index.digest);
  });

  it('an artifact with a subject, with and without a tag', async () => {
    const image = buildCompressedImage({ seed: 'signed' });
    await push('alice/signed:v1', image);
    const subject = image.manifest;
    const artifactType = 'application/vnd.example.signature.v1';
    const tagged = buildArtifact({ artifactType, content: 'one', subject });
    const bare = buildArtifact({ artifactType, content: 'two', subject });
    const token = await house().token(['repository:alice/signed:pull,push'], alice);
    const target = { url: house().registry.url, repository: 'alice/signed', token };
    await pushImage(target, 'signature', tagged);
    await pushImage(target, null, bare);
    const tag = await untilTag(house(), 'alice/signed', 'signature', tagged.manifest.digest);
    expect(tag).toMatchObject({ artifact_type: artifactType, platforms: [] });
    await until('both artifacts are stored', async () => {
      const digests = await subjectsOf(house(), subject.digest);
      return (
        digests.join() ===
        [tagged, bare]
          .map(({ manifest }) => manifest.digest)
          .toSorted()
          .join()
      );
    });
  });

  it('in the end the two are equal', async () => {
    expect(Object.keys(await house().untilEqual())).toContain('alice/multi');
  });
});

/** What a pull has to fetch: the configuration and the layers, as they are stored. */
function sizeOf({ config, layers }: BuiltImage): number {
  return config.body.length + layers.reduce((sum, layer) => sum + layer.body.length, 0);
}

async function subjectsOf(stack: Stack, digest: string): Promise<string[]> {
  const rows = await stack.sql<{ digest: string }>('SELECT digest FROM manifests WHERE subject_digest = $1', [digest]);
  return rows.map((row) => row.digest).toSorted();
}
