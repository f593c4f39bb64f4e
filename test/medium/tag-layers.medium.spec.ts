import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiInProcess } from '../support/api-in-process.js';
import { type CALLERS, credentialsOf, OBJECTS, resetWorld } from '../support/authorization/world.js';
import { ScannerStandIn } from '../support/scanner-stand-in.js';

const TAG = OBJECTS['/tags/{id}']!;
const OCI = 'application/vnd.oci.image.manifest.v1+json';
const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const CONFIG = JSON.stringify({
  history: [{ created_by: 'ADD <b>' }, { created_by: 'ENV', empty_layer: true }, { created_by: 'RUN' }],
});
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: OCI,
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(CONFIG), size: CONFIG.length },
  layers: ['a', 'b'].map((letter) => ({ mediaType: 'x/tar', digest: `sha256:${letter.repeat(64)}`, size: 10 })),
});
const DIGEST = digestOf(MANIFEST);

describe('layers in the API', () => {
  let api: ApiInProcess;
  let registry: ScannerStandIn;
  beforeAll(async () => {
    api = await ApiInProcess.start({});
    registry = await ScannerStandIn.start();
    await resetWorld(api.database);
    const { sql } = api.database;
    await sql.query('UPDATE registries SET hostname = $1, use_ssl = false', [registry.url.replace('http://', '')]);
    await sql.query('UPDATE manifests SET digest = $1', [DIGEST]);
    registry.on('GET /v2/', (response) =>
      response.writeHead(200, { 'docker-distribution-api-version': 'registry/2.0' }).end('{}'),
    );
    registry.on(`GET /v2/crew/app/manifests/${DIGEST}`, (response) =>
      response.writeHead(200, { 'content-type': OCI, 'docker-content-digest': DIGEST }).end(MANIFEST),
    );
  });
  afterAll(async () => {
    await registry.stop();
    await api.stop();
  });

  const get = (caller: (typeof CALLERS)[number], query = '') =>
    api.app.inject({ method: 'GET', url: `/api/v1/tags/${TAG}/layers${query}`, headers: credentialsOf(caller) });
  const blob = `GET /v2/crew/app/blobs/${digestOf(CONFIG)}`;

  it('tells the layers without their steps where the configuration is not what its digest says', async () => {
    registry.on(blob, (response) => response.writeHead(200).end('{}'));
    const { statusCode, body } = await get('viewer');
    expect([200, 503]).toContain(statusCode);
    expect(body).not.toContain('ADD');
  });

  it('tells each layer with the step that made it', async () => {
    registry.on(blob, (response) => response.writeHead(200).end(CONFIG));
    const answer = await get('viewer');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      digest: DIGEST,
      layers: [
        { size: 10, media_type: 'x/tar', created_by: 'ADD <b>', title: null },
        { size: 10, created_by: 'RUN' },
      ],
    });
  });

  it('reads nothing but what the tag names', async () => {
    const asked = registry.received.length;
    expect((await get('viewer', `?platform=${digestOf('of another repository')}`)).statusCode).toBe(404);
    expect((await get('viewer', '?platform=x')).statusCode).toBe(400);
    expect((await get('user')).statusCode).toBe(404);
    expect(registry.received).toHaveLength(asked);
  });

  it('chooses a platform of an index', async () => {
    await api.database.sql.query(
      `UPDATE manifests SET media_type = 'application/vnd.oci.image.index.v1+json', digest = $1`,
      [digestOf('index')],
    );
    await api.database.sql.query(
      `INSERT INTO manifest_children (parent_id, digest, media_type, os, architecture, position)
       SELECT m.id, d.digest, '${OCI}', d.os, 'amd64', d.at FROM manifests m,
         (VALUES ('${digestOf('attestation')}', 'unknown', 0), ('${DIGEST}', 'linux', 1)) AS d(digest, os, at)`,
    );
    expect((await get('viewer')).json()).toMatchObject({ digest: DIGEST });
    expect((await get('viewer', `?platform=${DIGEST}`)).json()).toMatchObject({ digest: DIGEST });
    expect((await get('viewer', `?platform=${digestOf('attestation')}`)).statusCode).toBe(404);
  });
});
