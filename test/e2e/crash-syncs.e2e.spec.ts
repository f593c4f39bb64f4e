import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { crashScenes, type CrashHouse } from '../support/crash-scenes.js';
import { startRealRegistry } from '../support/real-registry.js';
import { until } from '../support/until.js';

interface Run {
  slot: string;
  mode: string;
  state: string;
  outcome: string;
}

const runs = (house: CrashHouse): Promise<Run[]> =>
  house.stack.sql<Run>('SELECT slot, mode, state, outcome FROM sync_runs ORDER BY id DESC');

/** Works on the same volume through a registry that tells nobody. */
async function secretly(house: CrashHouse, work: (registryUrl: string) => Promise<unknown>): Promise<void> {
  const { stack } = house;
  const { auth } = JSON.parse(await readFile(stack.registry.configPath, 'utf8')) as { auth: { token: never } };
  const quiet = await startRealRegistry({
    binary: process.env['PORTUS_TEST_REGISTRY_28']!,
    dataDir: stack.registry.dataDir,
    auth: auth.token,
  });
  try {
    await work(quiet.url);
  } finally {
    await quiet.remove();
  }
}

crashScenes('what notifications never told', { strategy: 'update-delete' }, (house) => {
  it('a retag whose notification is lost is found by the next deep run', async () => {
    const { stack } = house();
    await house().push('lost/app:v1', 'before');
    await house().settle();
    let after = '';
    await secretly(house(), async (url) => {
      after = (await house().push('lost/app:v1', 'after', url)).manifest.digest;
    });
    await house().settle();
    expect((await stack.catalogOfDatabase())['lost/app']).toEqual({ v1: after });
  });

  it('an empty volume leads to no removal, and the run says why', async () => {
    const {
      stack,
      stack: { registry },
    } = house();
    await house().push('volume/app:v1', 'volume');
    await house().settle();
    const before = await stack.catalogOfDatabase();
    await registry.stop();
    const [volume, aside] = [join(registry.dataDir, 'docker'), join(registry.dataDir, 'aside')];
    await rename(volume, aside);
    await registry.start();
    const held = await until(
      'two runs were held',
      async () => {
        const found = (await runs(house())).filter((run) => run.state === 'held');
        return found.length >= 2 ? found : null;
      },
      { timeoutMs: 60_000 },
    );
    expect(held[0]!.outcome).toMatch(/listed nothing while \d+ repositories are known; nothing was removed/);
    expect(await stack.catalogOfDatabase()).toEqual(before);
    await registry.stop();
    await rename(aside, volume);
    await registry.start();
    await house().settle();
  });
});

crashScenes('a registry that was started anew', { strategy: 'initial' }, (house) => {
  it('is looked through once, because its notifications may have been lost with it', async () => {
    const { stack } = house();
    await house().push('anew/app:v1', 'before');
    await house().settle();
    await stack.registry.stop('SIGKILL');
    await secretly(house(), (url) => house().push('anew/app:v1', 'meanwhile', url));
    await stack.registry.start();
    await house().push('anew/other:v1', 'first sign of life');
    await house().settle();
    const repair = async () =>
      (await runs(house())).filter((run) => run.slot.startsWith('instance:')).map((run) => [run.mode, run.state]);
    // It ends a moment after the catalog is equal.
    await expect.poll(repair, { timeout: 60_000 }).toEqual([['deep', 'done']]);
  });
});
