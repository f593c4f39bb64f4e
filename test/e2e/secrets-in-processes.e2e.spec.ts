import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from '../factories/image.js';
import { FakeTrivy } from '../support/fake-trivy.js';
import { missingForStart, NpmStart, pushTo, type Quickstart } from '../support/npm-start.js';
import { processTree, type Seen } from '../support/processes.js';
import { until } from '../support/until.js';

const missing = missingForStart();
const NEEDS = missing.length > 0 ? ` (needs ${missing.join(', ')})` : '';
const PULL_TOKEN = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g;
const MAIL_PASSWORD = 'password of the mailer 4c1d';

/** Everything that `npm start` runs, seen while an image is being scanned. */
describe.skipIf(missing.length > 0)(`what other users of the machine see of the processes${NEEDS}`, () => {
  let trivy: FakeTrivy;
  let sut: NpmStart;
  let facts: Quickstart;
  let seen: Seen[];
  beforeAll(async () => {
    trivy = await FakeTrivy.create();
    const env = { PORTUS_SECURITY_TRIVY_OFFLINE: 'true', PORTUS_EMAIL_SMTP_PASSWORD: MAIL_PASSWORD };
    sut = await NpmStart.create({ env, path: [trivy.folder] });
    facts = await sut.start();
    await trivy.plays('hangs');
    await pushTo(facts, 'admin/app', 'v1', buildImage({ seed: 'app' }));
    seen = await until('the scanner runs', () => {
      const all = processTree(sut.running!.process.pid!);
      return all.some((each) => isScanner(each) && each.environment !== '') && all;
    });
  }, 120_000);
  afterAll(async () => {
    await sut?.remove();
    await trivy?.remove();
  });

  const isScanner = ({ commandLine }: Seen): boolean => commandLine.includes('/trivy\nimage');
  const stored = (): Record<string, string> =>
    JSON.parse(readFileSync(join(sut.folder, 'secrets.json'), 'utf8')) as Record<string, string>;
  const named = (word: string): Seen[] => seen.filter(({ commandLine }) => commandLine.includes(word));
  /** The lines of a key are what a part of it would be recognised by. */
  const secrets = (): string[] => [
    ...Object.values(stored()),
    facts.password,
    MAIL_PASSWORD,
    ...readFileSync(join(sut.folder, 'token.key'), 'utf8').split('\n').slice(1, 3),
    ...seen.flatMap(({ environment }) => environment.match(PULL_TOKEN) ?? []),
  ];

  it('looks at all of them', () => {
    for (const program of [
      'scripts/start.mjs',
      'programs/api.js',
      'programs/worker.js',
      '\nserve\n',
      'postgres',
      'trivy',
    ]) {
      expect(named(program), program).not.toEqual([]);
    }
    expect(named('redis')).not.toEqual([]);
    expect(secrets().length).toBeGreaterThan(10);
    expect(secrets().every((secret) => secret.length >= 16)).toBe(true);
  });

  it('finds no secret in a command line or a name', () => {
    for (const { name, commandLine } of seen) {
      for (const secret of secrets()) expect(`${name} ${commandLine}`).not.toContain(secret);
    }
  });

  it('gives programs of others none of our secrets, and the scanner one that opens one image for a while', () => {
    const foreign = seen.filter(({ commandLine }) => !/dist\/programs\/|start\.mjs/.test(commandLine));
    expect(foreign.length).toBeGreaterThanOrEqual(4);
    const lasting = [...Object.values(stored()), facts.password, MAIL_PASSWORD];
    for (const { commandLine, environment } of foreign) {
      for (const secret of lasting) expect(environment.includes(secret), commandLine).toBe(false);
      expect(environment).not.toMatch(/^(PORTUS_|DATABASE_URL|REDIS_URL)/m);
    }
    const [token] = seen.find(isScanner)!.environment.match(PULL_TOKEN)!;
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as {
      access: { name: string; actions: string[] }[];
    };
    expect(claims.access).toEqual([{ type: 'repository', name: 'admin/app', actions: ['pull'] }]);
  });

  it('keeps what it stores for its user alone', () => {
    for (const file of ['secrets.json', 'token.key', 'quickstart.json']) {
      expect(statSync(join(sut.folder, file)).mode & 0o077, file).toBe(0);
    }
  });
});
