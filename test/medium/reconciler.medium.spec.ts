import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Reconciler } from '#catalog/reconciler.js';
import { UsersRepository } from '#persistence/users.repository.js';
import { buildArtifact, buildImage } from '../factories/image.js';
import { CatalogBench } from '../support/catalog-bench.js';

let bench: CatalogBench;
beforeAll(async () => {
  bench = await CatalogBench.create();
});
afterAll(() => bench.close());

const row = async (text: string) => (await bench.database.sql.query<Record<string, unknown>>(text))[0];

describe.each(['2.8', '3'] as const)(`${Reconciler.name} follows the notifications of registry %s`, (flavour) => {
  beforeEach(() => bench.reset({ flavour }));

  it('of a push: the tag with digest, size and platform', async () => {
    const image = bench.fake.putImage('team/app', 'v1', { layers: ['one', 'three'], variant: 'v8' });
    await bench.handleEvents();
    expect(await bench.stored()).toEqual({ 'team/app': { v1: image.manifest.digest } });
    const manifest = await row('SELECT media_type, size::int, os, architecture, variant, labels FROM manifests');
    expect(manifest).toEqual({
      media_type: image.manifest.mediaType,
      size: image.config.body.length + 'one'.length + 'three'.length,
      os: 'linux',
      architecture: 'amd64',
      variant: 'v8',
      labels: { seed: '1' },
    });
    expect(await row('SELECT tags_count, removed_at FROM repositories')).toEqual({ tags_count: 1, removed_at: null });
    expect(new Set(await bench.eventStates())).toEqual(new Set(['done']));
  });

  it('of a retag, with the history of the tag', async () => {
    bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    await bench.handleEvents();
    bench.fake.putImage('team/app', 'v1', { seed: 'b', actor: 'bob' });
    await bench.handleEvents();
    expect(await bench.stored()).toEqual(bench.held());
    const revisions = await bench.database.sql.query('SELECT digest, actor FROM tag_revisions ORDER BY id');
    expect(revisions).toEqual([
      { digest: buildImage({ seed: 'a' }).manifest.digest, actor: 'alice' },
      { digest: buildImage({ seed: 'b' }).manifest.digest, actor: 'bob' },
    ]);
  });

  it('of a deletion by digest: all tags of it go, others stay, an empty repository is hidden', async () => {
    const image = bench.fake.putImage('team/app', 'v1', { seed: 'a' });
    bench.fake.retag('team/app', 'v1', 'v1.0');
    bench.fake.putImage('team/app', 'v2', { seed: 'b' });
    await bench.handleEvents();
    bench.fake.deleteManifest('team/app', image.manifest.digest);
    await bench.handleEvents();
    expect(Object.keys((await bench.stored())['team/app']!)).toEqual(['v2']);
    bench.fake.deleteManifest('team/app', bench.held()['team/app']!['v2']!);
    await bench.handleEvents();
    expect(await row('SELECT tags_count, removed_at IS NULL AS shown FROM repositories')).toEqual({
      tags_count: 0,
      shown: false,
    });
    bench.fake.putImage('team/app', 'v3');
    await bench.handleEvents();
    expect(await bench.stored()).toEqual(bench.held());
    expect(await row('SELECT tags_count, removed_at FROM repositories')).toEqual({ tags_count: 1, removed_at: null });
  });

  it('of a deletion by digest whose follow-ups are lost', async () => {
    const image = bench.fake.putImage('team/app', 'v1');
    await bench.handleEvents();
    bench.undelivered.length = 0;
    bench.fake.deleteManifest('team/app', image.manifest.digest);
    await bench.deliver(bench.undelivered.splice(0, 1));
    await bench.drain().ring();
    expect(await bench.stored()).toEqual({});
  });

  it('of a deletion by tag', async () => {
    bench.fake.putImage('team/app', 'v1');
    bench.fake.retag('team/app', 'v1', 'v2');
    await bench.handleEvents();
    bench.fake.deleteTag('team/app', 'v1');
    await bench.handleEvents();
    expect(await bench.stored()).toEqual(bench.held());
    expect(Object.keys(bench.held()['team/app']!)).toEqual(['v2']);
  });

  it.each(['oci', 'docker'] as const)('of an index (%s) with its children (trap 25)', async (kind) => {
    const platforms = [{ architecture: 'amd64' }, { architecture: 'arm64', variant: 'v8' }];
    const { index, children } = bench.fake.putIndex(
      'team/multi',
      'v1',
      platforms.map((one) => ({ ...one, kind })),
      { kind },
    );
    await bench.handleEvents();
    expect(await bench.stored()).toEqual({ 'team/multi': { v1: index.digest } });
    const stored = await bench.database.sql.query(
      `SELECT c.digest, c.architecture, c.variant, c.size = k.size AS sized FROM manifest_children c
         JOIN manifests k ON k.digest = c.digest ORDER BY c.position`,
    );
    expect(stored).toEqual([
      { digest: children[0]!.manifest.digest, architecture: 'amd64', variant: null, sized: true },
      { digest: children[1]!.manifest.digest, architecture: 'arm64', variant: 'v8', sized: true },
    ]);
    const sizes = await row(`SELECT (SELECT sum(size) FROM manifest_children)::int AS children,
                                    (SELECT size FROM manifests WHERE digest = '${index.digest}')::int AS whole`);
    expect(sizes!['whole']).toBe(sizes!['children']);
    expect(await bench.database.value('SELECT count(*)::int FROM scan_targets')).toBe(3);
  });

  it('of an index alone: its children are read with it (trap 25)', async () => {
    bench.fake.putIndex('team/multi', 'v1', [{ seed: 'a' }, { seed: 'b' }]);
    await bench.deliver(bench.undelivered.slice(-1));
    await bench.drain().ring();
    expect(await bench.database.value('SELECT count(*)::int FROM manifests')).toBe(3);
  });

  it('of an artifact that points to its subject, and of untagged manifests', async () => {
    const image = bench.fake.putImage('team/app', 'v1');
    const artifact = buildArtifact({ artifactType: 'application/spdx+json', content: '{}', subject: image.manifest });
    bench.fake.putBuilt('team/app', null, artifact);
    await bench.handleEvents();
    expect(await bench.stored()).toEqual({ 'team/app': { v1: image.manifest.digest } });
    expect(await row('SELECT digest, artifact_type FROM manifests WHERE subject_digest IS NOT NULL')).toEqual({
      digest: artifact.manifest.digest,
      artifact_type: 'application/spdx+json',
    });
  });

  it('whatever their order and number (traps 27 and 28)', async () => {
    for (const seed of ['a', 'b', 'c']) bench.fake.putImage('team/app', 'v1', { seed });
    bench.fake.putImage('team/app', 'v2', { seed: 'gone' });
    bench.fake.deleteManifest('team/app', bench.held()['team/app']!['v2']!);
    const events = bench.undelivered.splice(0);
    await bench.deliver([...events.toReversed(), ...events]);
    await bench.handleEvents();
    expect(await bench.stored()).toEqual(bench.held());
    expect(await bench.database.value('SELECT count(*)::int FROM registry_events')).toBeLessThanOrEqual(events.length);
  });
});

describe('names of the people and places', () => {
  beforeEach(() => bench.reset());

  it('makes an unknown namespace private, and uses one that is known', async () => {
    bench.fake.putImage('new-team/deep/app', 'v1');
    bench.fake.putImage('alone', 'v1');
    await bench.handleEvents();
    const namespaces = await bench.database.sql.query('SELECT name, kind, visibility FROM namespaces ORDER BY name');
    expect(namespaces).toEqual([
      { name: '', kind: 'global', visibility: 'public' },
      { name: 'new-team', kind: 'team', visibility: 'private' },
    ]);
  });

  it('gives a namespace that it makes to the team that adopts such, while there is one', async () => {
    const push = async (namespace: string) => {
      bench.fake.putImage(`${namespace}/app`, 'v1');
      await bench.deliver();
      await bench.drain(bench.reconciler('orphans')).ring();
    };
    await push('before');
    await bench.database.sql.query(`INSERT INTO teams (name) VALUES ('orphans')`);
    await push('found');
    const namespaces = await bench.database.sql.query(
      `SELECT n.name, n.visibility, t.hidden FROM namespaces n JOIN teams t ON t.id = n.team_id
        WHERE n.kind = 'team' ORDER BY n.name`,
    );
    expect(namespaces).toEqual([
      { name: 'before', visibility: 'private', hidden: true },
      { name: 'found', visibility: 'private', hidden: false },
    ]);
  });

  it('keeps the author’s name when the user is gone', async () => {
    const users = new UsersRepository(bench.database.sql);
    const person = { email: null, passwordHash: 'x', displayName: null, admin: false, bot: false, service: false };
    const { id } = await users.create({ ...person, username: 'alice' });
    bench.fake.putImage('team/app', 'v1', { actor: 'alice' });
    await bench.handleEvents();
    await bench.database.sql.query('DELETE FROM users WHERE id = $1', [id]);
    expect(await row('SELECT author_id, username FROM tags')).toEqual({ author_id: null, username: 'alice' });
  });

  it('takes the author from the notification of that very digest, by account where there is one', async () => {
    const users = new UsersRepository(bench.database.sql);
    const person = { email: null, passwordHash: 'x', displayName: null, admin: false, bot: false, service: false };
    const { id } = await users.create({ ...person, username: 'Alice' });
    bench.fake.putImage('team/app', 'v1', { seed: 'a', actor: 'alice' });
    bench.fake.putImage('team/app', 'v2', { seed: 'b', actor: 'stranger' });
    bench.fake.putImage('team/app', 'v3', { seed: 'c', actor: 'bob' });
    bench.fake.putImage('team/app', 'v3', { seed: 'd', silent: true });
    await bench.handleEvents();
    const tags = await bench.database.sql.query('SELECT name, author_id, username FROM tags ORDER BY name');
    expect(tags).toEqual([
      { name: 'v1', author_id: id, username: 'Alice' },
      { name: 'v2', author_id: null, username: 'stranger' },
      { name: 'v3', author_id: null, username: null },
    ]);
  });

  it('tells a new author when the same content is pushed again', async () => {
    bench.fake.putImage('team/app', 'v1', { actor: 'alice' });
    await bench.handleEvents();
    bench.fake.putImage('team/app', 'v1', { actor: 'bob' });
    await bench.handleEvents();
    expect(await bench.database.value('SELECT username FROM tags')).toBe('bob');
    expect(await bench.database.value('SELECT count(*)::int FROM tag_revisions')).toBe(1);
  });
});
