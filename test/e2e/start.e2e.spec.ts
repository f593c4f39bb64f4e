import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from '../factories/image.js';
import { isRunning } from '../support/is-running.js';
import { askApi, missingForStart, NpmStart, pushTo, type Quickstart } from '../support/npm-start.js';
import { until } from '../support/until.js';

const missing = missingForStart();
const NEEDS = missing.length > 0 ? ` (needs ${missing.join(', ')})` : '';

async function push(facts: Quickstart, repository: string): Promise<void> {
  await pushTo(facts, repository, '1', buildImage({ seed: repository }));
}

async function expectInCatalog(facts: Quickstart, repository: string): Promise<void> {
  await until(`${repository} is in the catalog`, async () => {
    const repositories = await askApi<{ full_name: string }[]>(facts, '/repositories');
    return repositories.some((each) => each.full_name === repository);
  });
}

describe.skipIf(missing.length > 0)(`npm start${NEEDS}`, () => {
  let sut: NpmStart;
  beforeAll(async () => {
    sut = await NpmStart.create();
  });
  afterAll(() => sut.remove());

  it('brings up a registry to which what it printed can push', async () => {
    const facts = await sut.start();
    expect(facts).toEqual({
      url: `http://localhost:${sut.port}`,
      registry: expect.stringMatching(/^localhost:\d+$/),
      username: 'admin',
      password: expect.any(String),
    });
    expect((await stat(join(sut.folder, 'quickstart.json'))).mode & 0o777).toBe(0o600);
    expect(sut.running!.output()).toContain(`docker login ${facts.registry} -u admin -p ${facts.password}`);
    await push(facts, 'admin/first');
    await expectInCatalog(facts, 'admin/first');
  });

  it('refuses to be started twice, and leaves the first alone', async () => {
    const second = sut.spawn();
    const [code] = await once(second.process, 'exit');
    expect(code).toBe(1);
    expect(second.output()).toContain(`already running here (process ${sut.running!.process.pid})`);
    expect((await fetch(`${(await sut.quickstart()).url}/_health`)).status).toBe(200);
  });

  it('comes back after everything was killed, with the same password and all that was pushed', async () => {
    const before = await sut.quickstart();
    for (const { pid } of await sut.children()) process.kill(pid, 'SIGKILL');
    await sut.end('SIGKILL');
    const facts = await sut.start();
    expect(facts).toEqual(before);
    await push(facts, 'admin/second');
    await expectInCatalog(facts, 'admin/first');
    await expectInCatalog(facts, 'admin/second');
  });

  it('ends what is left when only the start script was killed', async () => {
    const orphans = await sut.children();
    await sut.end('SIGKILL');
    expect(orphans.every(({ pid }) => isRunning(pid))).toBe(true);
    await sut.start();
    expect(sut.running!.output()).toContain('ended what an earlier start left running');
    expect(orphans.some(({ pid }) => isRunning(pid))).toBe(false);
  });

  it('names the port that is taken, its holder and the variable, and starts nothing', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'portus-start-'));
    const second = sut.spawn(elsewhere);
    const [code] = await once(second.process, 'exit');
    expect(code).toBe(1);
    const taken = `port ${sut.port}.* is taken by process \\d+ .*PORTUS_PORT=${sut.port + 1}`;
    expect(second.output()).toMatch(new RegExp(taken));
    await rm(elsewhere, { recursive: true });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('leaves no process behind on %s', async (signal) => {
    if (sut.running!.process.exitCode !== null) await sut.start();
    const servers = await sut.children();
    expect(servers.map(({ name }) => name).sort()).toEqual(['api', 'postgres', 'redis', 'registry', 'worker']);
    expect(await sut.end(signal)).toBe(0);
    expect(servers.filter(({ pid }) => isRunning(pid))).toEqual([]);
    await expect(sut.quickstart()).rejects.toThrow('ENOENT');
  });
});
