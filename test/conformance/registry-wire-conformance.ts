import { beforeAll, describe, expect, it } from 'vitest';
import { buildImage, buildIndex } from '../factories/image.js';
import type { Flavour } from '../fakes/registry.js';
import { pushManifest } from '../support/push-image.js';
import { Bench, type RegistryUnderTest } from './subject.js';

/** What an answer must be: the status, and a registry's error code or a text that is none. */
interface Expected {
  status: number;
  code?: string;
  text?: string;
}

const UNKNOWN = `sha256:${'b'.repeat(64)}`;
const json = (status: number, code: string): Expected => ({ status, code });
const text = (status: number, text: string): Expected => ({ status, text });

/** Requests that registries answer with refusals; where two expectations stand, the second one is of 3.x. */
const REFUSALS: [method: string, path: string, expected: Expected, in3x?: Expected][] = [
  ['GET', '/v2/none/such/tags/list', json(404, 'NAME_UNKNOWN')],
  ['GET', '/v2/none/such/manifests/v1', json(404, 'MANIFEST_UNKNOWN')],
  ['GET', `/v2/none/such/manifests/${UNKNOWN}`, json(404, 'MANIFEST_UNKNOWN')],
  ['GET', `/v2/none/such/blobs/${UNKNOWN}`, json(404, 'BLOB_UNKNOWN')],
  ['GET', '/v2/none/such/blobs/sha256:zz', json(400, 'DIGEST_INVALID')],
  ['DELETE', `/v2/none/such/manifests/${UNKNOWN}`, json(404, 'MANIFEST_UNKNOWN')],
  ['DELETE', '/v2/none/such/manifests/v1', json(400, 'DIGEST_INVALID'), json(404, 'MANIFEST_UNKNOWN')],
  ['DELETE', `/v2/none/such/blobs/${UNKNOWN}`, json(404, 'BLOB_UNKNOWN')],
  ['GET', '/v2/none/Such/tags/list', text(404, '404 page not found\n')],
  ['GET', '/v2/none/such/tags/other', text(404, '404 page not found\n')],
  ['PATCH', '/v2/none/such/tags/list', text(405, 'Method not allowed\n')],
];

/** The fake against the wire of the real ones: what the client smooths over, seen without it. */
export function registryWireConformance(subject: RegistryUnderTest): void {
  describe(`the wire of ${subject.name}`, () => {
    const bench = Bench.of(subject);
    const { flavour } = subject;
    refusals(bench, flavour);
    listings(bench, flavour);
    hiding(bench, flavour);

    it('asks for exactly the missing right', async () => {
      const answer = await fetch(`${bench.url}/v2/some/app/tags/list`);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer .*scope="repository:some\/app:pull"/);
      expect(await answer.json()).toMatchObject({ errors: [{ code: 'UNAUTHORIZED' }] });
    });
  });
}

function refusals(bench: Bench, flavour: Flavour): void {
  it.each(REFUSALS)('%s %s', async (method, path, expected, in3x) => {
    const { status, code, text } = (flavour === '3' ? in3x : undefined) ?? expected;
    const headers = await bench.headers('none/such', 'pull', 'push', 'delete');
    const answer = await fetch(bench.url + path, { method, headers });
    const body = await answer.text();
    expect(answer.status, body).toBe(status);
    if (text !== undefined) expect(body).toBe(text);
    if (code !== undefined) expect(JSON.parse(body)).toMatchObject({ errors: [{ code }] });
  });
}

function listings(bench: Bench, flavour: Flavour): void {
  const get = async (path: string, repository = 'wire/app'): Promise<{ answer: Response; body: unknown }> => {
    const access = [
      { type: 'registry' as const, name: 'catalog', actions: ['*'] },
      { type: 'repository' as const, name: repository, actions: ['pull', 'delete'] },
    ];
    const authorization = `Bearer ${await bench.signing.sign(access)}`;
    const answer = await fetch(bench.url + path, { headers: { authorization } });
    return { answer, body: await answer.json() };
  };

  beforeAll(async () => {
    for (const tag of ['v1', 'v2', 'v3']) await bench.push('wire/app', tag, buildImage({ seed: tag }));
    await bench.push('wire/b', 'v1', buildImage());
  });

  it('links catalog pages relatively, and not behind a last page that is exactly full', async () => {
    const first = await get('/v2/_catalog?n=1');
    expect(first.answer.headers.get('link')).toBe('</v2/_catalog?last=wire%2Fapp&n=1>; rel="next"');
    const full = await get('/v2/_catalog?n=2');
    expect(full.body).toEqual({ repositories: ['wire/app', 'wire/b'] });
    expect(full.answer.headers.get('link')).toBeNull();
  });

  it('refuses a page that is too large, and in 3.x a size that is no number', async () => {
    expect((await get('/v2/_catalog?n=2000')).answer.status).toBe(400);
    expect((await get('/v2/_catalog?n=abc')).answer.status).toBe(flavour === '2.8' ? 200 : 400);
    expect((await get('/v2/_catalog?n=0')).body).toEqual({ repositories: [] });
  });

  it('pages tags only in 3.x, with a link behind every full page', async () => {
    const { answer, body } = await get('/v2/wire/app/tags/list?n=3');
    expect(sorted(body)).toEqual({ name: 'wire/app', tags: ['v1', 'v2', 'v3'] });
    const link = '</v2/wire/app/tags/list?last=v3&n=3>; rel="next"';
    expect(answer.headers.get('link')).toBe(flavour === '2.8' ? null : link);
    const behind = await get('/v2/wire/app/tags/list?n=3&last=v3');
    expect(sorted(behind.body)).toEqual({ name: 'wire/app', tags: flavour === '2.8' ? ['v1', 'v2', 'v3'] : null });
  });

  it('keeps an emptied repository; a missing list is null, in 3.x perhaps []', async () => {
    const image = buildImage({ seed: 'empty' });
    await bench.push('wire/empty', 'v1', image);
    await bench.client().deleteManifest('wire/empty', image.manifest.digest);
    const { body } = await get('/v2/wire/empty/tags/list', 'wire/empty');
    expect([
      JSON.stringify({ name: 'wire/empty', tags: null }),
      JSON.stringify({ name: 'wire/empty', tags: [] }),
    ]).toContain(JSON.stringify(body));
    if (flavour === '2.8') expect(body).toEqual({ name: 'wire/empty', tags: null });
  });
}

/** 2.8 lists tags in no order. */
function sorted(body: unknown): unknown {
  const { name, tags } = body as { name: string; tags: string[] | null };
  return { name, tags: tags?.sort() ?? null };
}

function hiding(bench: Bench, flavour: Flavour): void {
  it('hides OCI kinds from clients that do not name them', async () => {
    const image = buildImage({ seed: 'hidden' });
    await bench.push('wire/oci', 'image', image);
    await pushManifest(await bench.target('wire/oci'), 'index', buildIndex([image]));
    const headers = { ...(await bench.headers('wire/oci', 'pull')), accept: 'text/plain' };
    const asImage = await fetch(`${bench.url}/v2/wire/oci/manifests/image`, { headers });
    expect(asImage.status).toBe(404);
    expect(await asImage.json()).toMatchObject({ errors: [{ code: 'MANIFEST_UNKNOWN' }] });
    const asIndex = await fetch(`${bench.url}/v2/wire/oci/manifests/index`, { headers });
    expect(asIndex.status).toBe(flavour === '2.8' ? 404 : 200);
  });

  it('sends digest and ETag with a manifest', async () => {
    const image = buildImage({ kind: 'docker', seed: 'headers' });
    await bench.push('wire/headers', 'v1', image);
    const { digest, mediaType, body } = image.manifest;
    const headers = { ...(await bench.headers('wire/headers', 'pull')), accept: mediaType };
    const answer = await fetch(`${bench.url}/v2/wire/headers/manifests/v1`, { method: 'HEAD', headers });
    expect(answer.headers.get('etag')).toBe(`"${digest}"`);
    expect(answer.headers.get('docker-content-digest')).toBe(digest);
    expect(answer.headers.get('content-length')).toBe(String(body.length));
    expect(answer.headers.get('content-type')).toBe(mediaType);
  });
}
