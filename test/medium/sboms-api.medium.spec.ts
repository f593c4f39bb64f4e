import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiInProcess } from '../support/api-in-process.js';
import { type CALLERS, credentialsOf, OBJECTS, resetWorld } from '../support/authorization/world.js';
import { ScannerStandIn } from '../support/scanner-stand-in.js';

const TAG = OBJECTS['/tags/{id}']!;
const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const OCI = 'application/vnd.oci.image.manifest.v1+json';
const SPDX = '{"spdxVersion":"SPDX-2.3"}';
const ARTIFACT = JSON.stringify({
  schemaVersion: 2,
  mediaType: OCI,
  artifactType: 'application/spdx+json',
  config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf('{}'), size: 2 },
  layers: [{ mediaType: 'application/spdx+json', digest: digestOf(SPDX), size: SPDX.length }],
});
const ATTACHED = digestOf(ARTIFACT);

describe('SBOMs in the API', () => {
  let api: ApiInProcess;
  let registry: ScannerStandIn;
  beforeAll(async () => {
    api = await ApiInProcess.start({});
    registry = await ScannerStandIn.start();
    await resetWorld(api.database);
    const { sql } = api.database;
    await sql.query('UPDATE registries SET hostname = $1, use_ssl = false', [registry.url.replace('http://', '')]);
    await sql.query(
      `INSERT INTO manifests (repository_id, digest, media_type, artifact_type, size, manifest_size, subject_digest)
       SELECT g.repository_id, $2, $3, 'application/spdx+json', 10, 10, m.digest
         FROM tags g JOIN manifests m ON m.id = g.manifest_id WHERE g.id = $1`,
      [TAG, ATTACHED, OCI],
    );
    registry.on('GET /v2/', (response) =>
      response.writeHead(200, { 'docker-distribution-api-version': 'registry/2.0' }).end('{}'),
    );
    registry.on(`GET /v2/crew/app/manifests/${ATTACHED}`, (response) =>
      response.writeHead(200, { 'content-type': OCI, 'docker-content-digest': ATTACHED }).end(ARTIFACT),
    );
  });
  afterAll(async () => {
    await registry.stop();
    await api.stop();
  });

  const get = (caller: (typeof CALLERS)[number], path: string) =>
    api.app.inject({ method: 'GET', url: `/api/v1/tags/${TAG}/sboms${path}`, headers: credentialsOf(caller) });

  it('lists what a scanner made and what is attached', async () => {
    expect((await get('viewer', '')).json()).toEqual([
      expect.objectContaining({ key: `${OBJECTS['/sboms/{key}']!}`, origin: 'scanner', scanner: 'trivy' }),
      expect.objectContaining({ key: ATTACHED, origin: 'attached', media_type: 'application/spdx+json' }),
    ]);
  });

  it('gives the one of a scanner as it was made', async () => {
    const answer = await get('viewer', `/${OBJECTS['/sboms/{key}']!}`);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/vnd.cyclonedx+json',
      'content-disposition': expect.stringContaining('attachment'),
      'x-content-type-options': 'nosniff',
    });
    expect(answer.json()).toEqual({ bomFormat: 'CycloneDX' });
  });

  it('gives an attached one from the registry, if it is what its digest says', async () => {
    const blob = `GET /v2/crew/app/blobs/${digestOf(SPDX)}`;
    registry.on(blob, (response) => response.writeHead(200).end('{"spdxVersion":"something else"}'));
    expect((await get('viewer', `/${ATTACHED}`)).statusCode).toBe(503);
    registry.on(blob, (response) => response.writeHead(200).end(SPDX));
    const answer = await get('viewer', `/${ATTACHED}`);
    expect([answer.statusCode, answer.body]).toEqual([200, SPDX]);
  });

  it.each([digestOf('another'), '1', 'nonsense'])('has none called %s', async (key) => {
    const { statusCode } = await get('viewer', `/${key}`);
    expect(statusCode).toBe(key === 'nonsense' ? 400 : 404);
  });

  it('shows nothing to whoever may not pull', async () => {
    expect((await get('user', '')).statusCode).toBe(404);
    expect((await get('user', `/${ATTACHED}`)).statusCode).toBe(404);
  });
});
