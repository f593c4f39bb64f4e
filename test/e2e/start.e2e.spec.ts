import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from '../factories/image.js';
import { quietPort } from '../support/ports.js';
import { pushImage } from '../support/push-image.js';
import { until } from '../support/until.js';

const START = join(import.meta.dirname, '../../scripts/start.mjs');
const { PORTUS_TEST_REGISTRY_28: registry, PORTUS_TEST_REDIS_BIN: redis } = process.env;
const missing = Object.entries({ PORTUS_TEST_REGISTRY_28: registry, PORTUS_TEST_REDIS_BIN: redis })
  .filter(([, value]) => !value)
  .map(([name]) => name);
const NEEDS = missing.length > 0 ? ` (needs ${missing.join(', ')})` : '';

interface Quickstart {
  url: string;
  registry: string;
  username: string;
  password: string;
}

interface Run {
  process: ChildProcess;
  output: () => string;
}

let folder: string;
let port: number;
let registryPort: number;
let running: Run | undefined;

const inFolder = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'));
const quickstart = (): Promise<Quickstart> => inFolder('quickstart.json');
const children = async (): Promise<{ name: string; pid: number }[]> => (await inFolder('run.json')).children;

/** What `npm start` runs, on what this machine has, with servers of its own. */
function start(): Run {
  const { HOME, LD_LIBRARY_PATH } = process.env;
  const PATH = `${dirname(redis ?? '/')}:${process.env['PATH']}`;
  const ports = { PORTUS_PORT: `${port}`, PORTUS_REGISTRY_PORT: `${registryPort}` };
  const env = { HOME, LD_LIBRARY_PATH, PATH, ...ports, PORTUS_DATA_DIR: folder, PORTUS_REGISTRY_BIN: registry };
  const child = spawn(process.execPath, [START], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { process: child, output: () => text };
}

async function startAndWait(): Promise<Quickstart> {
  const run = start();
  running = run;
  await until('the start is ready', () => run.output().includes('docker login') || endedEarly(run), {
    timeoutMs: 90_000,
  });
  return quickstart();
}

function endedEarly({ process: child, output }: Run): false {
  if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${output()}`);
  return false;
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  const child = running!.process;
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}

/** A zombie has ended: nobody may reap it where the first process is no init. */
const exists = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

function basic({ username, password }: Quickstart): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

async function push(facts: Quickstart, repository: string): Promise<void> {
  const query = new URLSearchParams({ service: facts.registry, scope: `repository:${repository}:push,pull` });
  const answer = await fetch(`${facts.url}/v2/token?${query}`, { headers: basic(facts) });
  const { token } = (await answer.json()) as { token: string };
  await pushImage({ url: `http://${facts.registry}`, repository, token }, '1', buildImage({ seed: repository }));
}

async function expectInCatalog(facts: Quickstart, repository: string): Promise<void> {
  await until(`${repository} is in the catalog`, async () => {
    const answer = await fetch(`${facts.url}/api/v1/repositories`, { headers: basic(facts) });
    const names = ((await answer.json()) as { full_name: string }[]).map((each) => each.full_name);
    return names.includes(repository);
  });
}

describe.skipIf(missing.length > 0)(`npm start${NEEDS}`, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portus-start-'));
    port = await quietPort();
    registryPort = await quietPort();
  });
  afterAll(async () => {
    if (running) await end('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  });

  it('brings up a registry to which what it printed can push', async () => {
    const facts = await startAndWait();
    expect(facts).toEqual({
      url: `http://localhost:${port}`,
      registry: `localhost:${registryPort}`,
      username: 'admin',
      password: expect.any(String),
    });
    expect((await stat(join(folder, 'quickstart.json'))).mode & 0o777).toBe(0o600);
    expect(running!.output()).toContain(`docker login ${facts.registry} -u admin -p ${facts.password}`);
    await push(facts, 'admin/first');
    await expectInCatalog(facts, 'admin/first');
  });

  it('refuses to be started twice, and leaves the first alone', async () => {
    const second = start();
    const [code] = await once(second.process, 'exit');
    expect(code).toBe(1);
    expect(second.output()).toContain(`already running here (process ${running!.process.pid})`);
    expect((await fetch(`${(await quickstart()).url}/_health`)).status).toBe(200);
  });

  it('comes back after everything was killed, with the same password and all that was pushed', async () => {
    const before = await quickstart();
    for (const { pid } of await children()) process.kill(pid, 'SIGKILL');
    await end('SIGKILL');
    const facts = await startAndWait();
    expect(facts).toEqual(before);
    await push(facts, 'admin/second');
    await expectInCatalog(facts, 'admin/first');
    await expectInCatalog(facts, 'admin/second');
  });

  it('ends what is left when only the start script was killed', async () => {
    const orphans = await children();
    await end('SIGKILL');
    expect(orphans.every(({ pid }) => exists(pid))).toBe(true);
    await startAndWait();
    expect(running!.output()).toContain('ended what an earlier start left running');
    expect(orphans.some(({ pid }) => exists(pid))).toBe(false);
  });

  it('names the port that is taken, its holder and the variable, and starts nothing', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'portus-start-'));
    const [own, other] = [folder, elsewhere];
    folder = other;
    const second = start();
    folder = own;
    const [code] = await once(second.process, 'exit');
    expect(code).toBe(1);
    expect(second.output()).toMatch(new RegExp(`port ${port}.* is taken by process \\d+ .*PORTUS_PORT=${port + 1}`));
    await rm(elsewhere, { recursive: true });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('leaves no process behind on %s', async (signal) => {
    if (running!.process.exitCode !== null) await startAndWait();
    const servers = await children();
    expect(servers.map(({ name }) => name).sort()).toEqual(['api', 'postgres', 'redis', 'registry', 'worker']);
    expect(await end(signal)).toBe(0);
    expect(servers.filter(({ pid }) => exists(pid))).toEqual([]);
    await expect(quickstart()).rejects.toThrow('ENOENT');
  });
});
