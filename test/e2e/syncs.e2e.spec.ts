import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildImage } from '../factories/image.js';
import { pushImage } from '../support/push-image.js';
import { startRealRegistry } from '../support/real-registry.js';
import { type Flavour, scenes } from '../support/scenes.js';
import { REGISTRY_PROGRAMS } from '../support/stack.js';
import type { Stack } from '../support/stack-handle.js';
import { until } from '../support/until.js';

interface Run {
  id: number;
  reason: string;
  mode: string;
  strategy: string;
  state: string;
  dry_run: boolean;
  outcome: string;
  progress: { done: number; total: number; total_is_final: boolean };
  changes: Record<string, number>;
  removals: { planned: number; restorable: number; approved_by: string | null };
  plan: { repository: string; tag: string; kind: string; state: string }[];
}

interface Drift {
  equal: boolean;
  total: number;
  names_equal_at: string | null;
  digests_equal_at: string | null;
  differences: { repository: string; tag: string; kind: string; reason: string }[];
}

const TAGS = 24;

/** Works on a volume through a registry that asks nobody and tells nobody. */
async function secretly(flavour: Flavour, dataDir: string, work: (url: string) => Promise<unknown>): Promise<void> {
  const quiet = await startRealRegistry({ binary: process.env[REGISTRY_PROGRAMS[flavour]]!, dataDir });
  try {
    await work(quiet.url);
  } finally {
    await quiet.remove();
  }
}

const push = (url: string, repository: string, tag: string, seed: string) =>
  pushImage({ url, repository }, tag, buildImage({ seed }));

const folders = Object.fromEntries(
  await Promise.all((['2.8', '3'] as const).map(async (one) => [one, await mkdtemp(join(tmpdir(), 'portus-old-'))])),
) as Record<Flavour, string>;

for (const flavour of ['2.8', '3'] as const) {
  const stack = { registryOptions: { dataDir: folders[flavour] } };
  beforeAll(async () => {
    if (!process.env[REGISTRY_PROGRAMS[flavour]]) return;
    await secretly(flavour, folders[flavour], async (url) => {
      for (let i = 0; i < TAGS; i++) await push(url, 'old/many', `v${i}`, `many ${i}`);
      await push(url, 'old/deep/app', 'latest', 'app');
      await push(url, 'top', '1.0', 'top');
    });
  });
  afterAll(() => rm(folders[flavour], { recursive: true, force: true }));

  scenes('an old registry with images', { flavours: [flavour], stack }, (house) => {
    const path = (rest: string) => `/registries/1/${rest}`;
    const drift = async () => (await house().get<Drift>(path('drift'))).body;
    const run = async (id: number) => (await house().get<Run>(path(`sync_runs/${id}`))).body;
    const ended = (id: number, states = ['done', 'held', 'waiting', 'failed', 'cancelled']) =>
      until(`run ${id} has ended`, async () => {
        const found = await run(id);
        return states.includes(found.state) ? found : null;
      });
    const sync = async (order?: object): Promise<Run> => {
      const { status, body } = await house().post<Run>(path('sync'), order ?? null);
      expect(status).toBe(202);
      return ended(body.id);
    };
    const deleteTags = (count: number) => (url: string) =>
      Promise.all(
        Array.from({ length: count }, async (_, i) => {
          const { digest } = buildImage({ seed: `many ${i}` }).manifest;
          const answer = await fetch(`${url}/v2/old/many/manifests/${digest}`, { method: 'DELETE' });
          expect(answer.status).toBe(202);
        }),
      );

    it('is imported by itself, all of it, and the drift says: equal', async () => {
      const catalog = await house().untilEqual();
      expect(Object.keys(catalog['old/many']!)).toHaveLength(TAGS);
      expect(Object.keys(catalog)).toEqual(['old/deep/app', 'old/many', 'top']);
      const { body } = await house().get<Run[]>(path('sync_runs'));
      const imported = await ended(body.find(({ reason }) => reason === 'initial')!.id);
      expect(imported).toMatchObject({
        strategy: 'initial',
        state: 'done',
        progress: { done: 3, total: 3, total_is_final: true },
        changes: { added: TAGS + 2 },
      });
      expect(await drift()).toMatchObject({
        equal: true,
        total: 0,
        differences: [],
        names_equal_at: expect.any(String),
        digests_equal_at: expect.any(String),
      });
      expect((await house().get('/registries/1')).body).toMatchObject({ problem: null });
      const shown = await house().get<Record<string, unknown>[]>('/repositories');
      expect(shown.body.every((one) => typeof one['digests_equal_at'] === 'string')).toBe(true);
    });

    it('that was changed behind its back: a dry run tells what differs, the next one repairs it', async () => {
      await secretly(flavour, folders[flavour], async (url) => {
        await push(url, 'top', '1.0', 'moved');
        await push(url, 'top', '2.0', 'new');
      });
      const before = await house().catalogOfDatabase();
      expect(await sync({ mode: 'deep', dry_run: true })).toMatchObject({ state: 'done', dry_run: true });
      expect(await house().catalogOfDatabase()).toEqual(before);
      const found = await drift();
      expect(found).toMatchObject({ equal: false, total: 2 });
      expect(found.differences.map(({ repository, tag, kind }) => [repository, tag, kind])).toEqual([
        ['top', '1.0', 'other_digest'],
        ['top', '2.0', 'not_stored'],
      ]);
      expect(await sync()).toMatchObject({ strategy: 'initial', mode: 'deep', changes: { moved: 1, added: 1 } });
      expect(await drift()).toMatchObject({ equal: true, total: 0 });
      await house().untilEqual();
    });

    let removing: Run;
    it('that lost much: the plan waits for a yes, and is carried out after it', async () => {
      await secretly(flavour, folders[flavour], deleteTags(TAGS - 2));
      expect(await sync({ strategy: 'update' })).toMatchObject({ state: 'done', changes: { missing: TAGS - 2 } });
      const plan = await until('a plan waits', async () => {
        const one = await sync({ mode: 'names', strategy: 'update-delete' });
        return one.state === 'waiting' ? one : null;
      });
      expect(plan).toMatchObject({
        removals: { planned: TAGS - 2 },
        outcome: expect.stringContaining('may go at once'),
      });
      expect(plan.plan).toHaveLength(TAGS - 2);
      expect(plan.plan[0]).toMatchObject({ repository: 'old/many', kind: 'not_in_registry', state: 'planned' });
      expect(Object.keys((await house().catalogOfDatabase())['old/many']!)).toHaveLength(TAGS);
      const alice = await house().createUser('alice', 'alice-s-own-password');
      const approve = path(`sync_runs/${plan.id}/approve`);
      expect((await house().post(approve, null, { as: alice })).status).toBe(403);
      expect((await house().post(path('sync_runs/999999/approve'), null)).status).toBe(404);
      expect((await house().post<Run>(approve, null)).status).toBe(202);
      removing = await ended(plan.id, ['done']);
      expect(removing).toMatchObject({ changes: { removed: TAGS - 2 }, removals: { approved_by: 'admin' } });
      expect((await house().post(approve, null)).status).toBe(409);
      await house().untilEqual();
      expect(await drift()).toMatchObject({ total: 0 });
    });

    it('gets back what was removed, and is told what the registry does not have', async () => {
      const undo = path(`sync_runs/${removing.id}/undo`);
      const { status, body } = await house().post<Run>(undo, null);
      expect(status).toBe(202);
      expect(await ended(body.id)).toMatchObject({ state: 'done', changes: { restored: TAGS - 2 } });
      expect(Object.keys((await house().catalogOfDatabase())['old/many']!)).toHaveLength(TAGS);
      expect((await house().post(undo, null)).status).toBe(409);
      await sync({ mode: 'names', strategy: 'update', dry_run: true });
      expect(await drift()).toMatchObject({ equal: false, total: TAGS - 2 });
      const told = await house().get<{ key: string }[]>('/activities');
      expect(told.body.map(({ key }) => key)).toEqual(expect.arrayContaining(['sync.approve', 'sync.undo']));
    });

    it('refuses what can not be, and counts none of our own reads as a pull', async () => {
      for (const order of [{ mode: 'shallow' }, { strategy: 'initial' }, { dry_run: 'maybe' }, []]) {
        expect((await house().post(path('sync'), order)).status, JSON.stringify(order)).toBe(400);
      }
      expect((await house().post('/registries/999/sync', null)).status).toBe(404);
      expect((await house().get('/registries/999/drift')).status).toBe(404);
      expect((await house().get(path('drift'), { as: null })).status).toBe(401);
      await expectNoPulls(house());
    });
  });
}

async function expectNoPulls(house: Stack): Promise<void> {
  const [row] = await house.sql<{ pulls: number }>(
    `SELECT (SELECT count(*) FROM tags WHERE pulled_at IS NOT NULL)::int + (SELECT count(*) FROM pull_events)::int AS pulls`,
  );
  expect(row).toEqual({ pulls: 0 });
}
