import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Reconciler } from '#catalog/reconciler.js';
import type { Fault, SeenRequest } from '../fakes/registry.js';
import { buildContent, buildImage, descriptor } from '../factories/image.js';
import { CatalogBench } from '../support/catalog-bench.js';

const SCHEMA_1 = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
const MANY = 12;

let bench: CatalogBench;
beforeAll(async () => {
  bench = await CatalogBench.create();
});
afterAll(() => bench.close());

/** Answers what reads `reference` of a repository in its own way. */
function misread(reference: string, fault: Fault): void {
  bench.fake.fault = ({ path }: SeenRequest) => (path.endsWith(`/manifests/${reference}`) ? fault : undefined);
}

const schema1 = (): Fault => ({ status: 200, headers: { 'content-type': SCHEMA_1 }, body: '{"schemaVersion":1}' });
const broken: Fault = { status: 500, headers: { 'content-type': 'text/plain' }, body: 'no' };
const tagsOf = async (repository: string) => Object.keys((await bench.stored())[repository] ?? {}).sort();
const reasons = async (state: string) =>
  (
    await bench.database.sql.query<{ reason: string }>('SELECT reason FROM registry_events WHERE state = $1', [state])
  ).map((row) => row.reason);
/** Works the inbox off again and again, without waiting for the backoffs. */
const handleManyTimes = async () => {
  for (let i = 0; i < MANY; i++) {
    await bench.hurry();
    await bench.drain().ring();
  }
};

describe.each(['2.8', '3'] as const)(`${Reconciler.name}, when registry %s answers badly`, (flavour) => {
  beforeEach(() => bench.reset({ flavour }));

  it('leaves a tag of a kind that is not read alone, and handles the others: by events', async () => {
    for (const tag of ['old', 'v1', 'v2']) bench.fake.putImage('team/app', tag, { seed: tag });
    misread('old', schema1());
    await bench.handleEvents();
    expect(await tagsOf('team/app')).toEqual(['v1', 'v2']);
    expect((await reasons('ignored'))[0]).toContain('not a manifest kind that is read here');
    expect(await bench.eventStates()).not.toContain('failed');
  });

  it('leaves a tag of a kind that is not read alone, and handles the others: by a sync', async () => {
    for (const tag of ['old', 'v1', 'v2']) bench.fake.putImage('team/app', tag, { seed: tag, silent: true });
    misread('old', schema1());
    const run = await bench.sync('deep', 'update-delete');
    expect(await tagsOf('team/app')).toEqual(['v1', 'v2']);
    expect(run).toMatchObject({ state: 'done', failed: 0, changes: { added: 2, unreadable: 1 } });
    expect(await bench.database.value('SELECT digests_equal_at IS NOT NULL FROM registries')).toBe(true);
  });

  it('never removes a tag that turned into a kind that is not read', async () => {
    bench.fake.putImage('team/app', 'v1');
    await bench.handleEvents();
    misread('v1', schema1());
    for (let i = 0; i < 3; i++) await bench.sync('deep', 'update-delete');
    expect(await tagsOf('team/app')).toEqual(['v1']);
  });

  it('handles an index with a child of a kind that is not read', async () => {
    const { index, children } = bench.fake.putIndex('team/multi', 'v1', [{ seed: 'a' }, { seed: 'b' }]);
    misread(children[1]!.manifest.digest, schema1());
    await bench.handleEvents();
    expect(await bench.stored()).toEqual({ 'team/multi': { v1: index.digest } });
    const sizes = await bench.database.sql.query(
      'SELECT size IS NULL AS unknown FROM manifest_children ORDER BY position',
    );
    expect(sizes).toEqual([{ unknown: false }, { unknown: true }]);
  });

  it('handles the tags that are answered, and asks for the others until they are', async () => {
    for (const tag of ['bad', 'v1', 'v2']) bench.fake.putImage('team/app', tag, { seed: tag });
    misread('bad', broken);
    await bench.handleEvents();
    expect(await tagsOf('team/app')).toEqual(['v1', 'v2']);
    await handleManyTimes();
    expect(await reasons('dead')).toEqual([]);
    bench.fake.fault = null;
    await handleManyTimes();
    expect(await bench.stored()).toEqual(bench.held());
    expect(new Set(await bench.eventStates())).toEqual(new Set(['done']));
  });

  it('keeps the event of a tag that a sync could not read', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    await bench.handleEvents();
    bench.fake.putImage('team/app', 'v1', { seed: 'b' });
    await bench.deliver();
    misread('v1', broken);
    expect(await bench.sync('names', 'update')).toMatchObject({ failed: 1 });
    bench.fake.fault = null;
    await bench.hurry();
    await bench.drain().ring();
    expect(await bench.stored()).toEqual(bench.held());
  });

  it('keeps events while the registry is down, for as long as that takes', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    bench.fake.putImage('team/other', 'v1', { seed: 'a' });
    const port = Number(bench.fake.hostPort.split(':')[1]);
    await bench.fake.stop();
    await bench.handleEvents();
    for (let i = 0; i < 3; i++) await bench.hurry().then(() => bench.drain().ring());
    expect(new Set(await bench.eventStates())).toEqual(new Set(['failed']));
    await bench.fake.start(port);
    await bench.hurry();
    await bench.drain().ring();
    expect(await bench.stored()).toEqual(bench.held());
  });

  it.each(['text/html', ''])('keeps events while a page of type %j with status 200 stands before it', async (type) => {
    bench.fake.putImage('team/app', 'v1');
    bench.fake.fault = () => ({ status: 200, headers: { 'content-type': type }, body: '<p>back soon</p>' });
    await bench.deliver();
    await handleManyTimes();
    expect(await reasons('ignored')).toEqual([]);
    expect(await reasons('dead')).toEqual([]);
    bench.fake.fault = null;
    await handleManyTimes();
    expect(await bench.stored()).toEqual(bench.held());
  });

  it('keeps events while the registry refuses our tokens', async () => {
    bench.fake.putImage('team/app', 'v1');
    const body = '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}';
    bench.fake.fault = () => ({ status: 401, headers: { 'content-type': 'application/json' }, body });
    await bench.deliver();
    await handleManyTimes();
    expect(await reasons('dead')).toEqual([]);
    bench.fake.fault = null;
    await handleManyTimes();
    expect(await bench.stored()).toEqual(bench.held());
  });

  const gone = '{"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown to registry"}]}';

  it.each([
    ['is gone', { status: 404, headers: { 'content-type': 'application/json' }, body: gone }],
    ['is a page of a proxy', { status: 404, headers: { 'content-type': 'text/html' }, body: '<p>' }],
    ['has other bytes', { status: 200, body: '{"os":"plan9"}' }],
  ])('shows an image without platform when its config %s', async (_, fault) => {
    bench.fake.putImage('team/app', 'v1');
    bench.fake.fault = ({ path }) => (path.includes('/blobs/') ? fault : undefined);
    await bench.handleEvents();
    expect(await bench.stored()).toEqual(bench.held());
    expect(await bench.database.value('SELECT os FROM manifests')).toBeNull();
  });
});

describe('manifests that are made to hurt', () => {
  beforeEach(() => bench.reset());

  it('are stored as far as they can be', async () => {
    const image = buildImage();
    const huge = { mediaType: 'a\0b', digest: image.layers[0]!.digest, size: Number.MAX_SAFE_INTEGER };
    const manifest = buildContent(image.manifest.mediaType, {
      schemaVersion: 2,
      mediaType: image.manifest.mediaType,
      artifactType: 'application/\0',
      config: { ...descriptor(image.config), mediaType: 'x\0y' },
      layers: Array.from({ length: 2_000 }, () => huge),
      annotations: { a: 'b\0c' },
    });
    bench.fake.putBuilt('team/app', 'v1', { ...image, manifest });
    bench.fake.putImage('team/app', 'v2', { seed: '2', os: 'li\0nux', labels: { x: '\0' } });
    await bench.handleEvents();
    expect(await bench.stored()).toEqual(bench.held());
  });
});

describe('an event that always fails here', () => {
  beforeEach(async () => {
    await bench.reset();
    await bench.database.sql.query(`
      CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.name = 'poison' THEN RAISE 'refused'; END IF; RETURN NEW; END $$;
      CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON tags FOR EACH ROW EXECUTE FUNCTION refuse()`);
  });
  afterAll(() => bench.database.sql.query('DROP TRIGGER refuse ON tags'));

  it('ends as dead, holds up no other, and is followed by a look at everything', async () => {
    for (const tag of ['v1', 'poison', 'v2']) bench.fake.putImage('team/app', tag, { seed: tag });
    bench.fake.putImage('team/other', 'v1');
    await bench.deliver();
    await handleManyTimes();
    await handleManyTimes();
    expect(await tagsOf('team/app')).toEqual(['v1', 'v2']);
    expect(await tagsOf('team/other')).toEqual(['v1']);
    expect((await reasons('dead')).every((reason) => reason.includes('refused'))).toBe(true);
    expect(await reasons('dead')).toHaveLength(1);
    expect([await bench.requests.repair(), await bench.requests.repair()]).toEqual([true, false]);
    const [run] = await bench.runs.latest(bench.registry.id, 1);
    expect(run).toMatchObject({ mode: 'deep', strategy: 'update', slot: expect.stringMatching(/^repair:/) });
  });
});
