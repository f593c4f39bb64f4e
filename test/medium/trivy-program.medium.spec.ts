import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScanError } from '#scanning/scanner.js';
import { TrivyScanner } from '#scanning/trivy/trivy.js';
import { FakeTrivy } from '../support/fake-trivy.js';
import { isRunning } from '../support/is-running.js';
import { DIGEST, failureAt, scanAt } from '../support/scanner-scene.js';
import { answerJson, HOSTILE, ScannerStandIn } from '../support/scanner-stand-in.js';
import { until } from '../support/until.js';

const REGISTRY = 'http://registry.test:5000';
const PAST = '2020-01-01T00:00:00Z';
const OLD = { Version: '0.67.2', VulnerabilityDB: { Version: 2, NextUpdate: PAST, UpdatedAt: PAST } };

/** The wiring around Trivy's program, which a script stands in for; the real one has a file of its own. */
describe(TrivyScanner.name, () => {
  let trivy: FakeTrivy;
  beforeEach(async () => {
    trivy = await FakeTrivy.create();
  });
  afterEach(() => trivy.remove());

  const describeIt = (sut: TrivyScanner) => sut.describe(AbortSignal.timeout(10_000));

  it('asks for one image by its digest, and nothing about secrets or updates', async () => {
    expect(await scanAt(REGISTRY, trivy.scanner())).toMatchObject({
      kind: 'report',
      report: { findings: [{ id: 'CVE-2099-0002', severity: 'high', severitySource: 'debian', cvss: { score: 7.5 } }] },
    });
    const [call] = trivy.calls('image');
    expect(call!.arguments).toMatch(
      /--skip-db-update .*--platform linux\/amd64 registry\.test:5000\/team\/app@sha256:/,
    );
    expect(call!.arguments).not.toContain('for-this-one');
  });

  it('kills all of it when the scan is cancelled', async () => {
    await trivy.plays('hangs');
    const cancel = new AbortController();
    const running = scanAt(REGISTRY, trivy.scanner(), cancel.signal);
    const [call] = await until('it has begun', () => (trivy.calls(DIGEST).length > 0 ? trivy.calls(DIGEST) : null));
    cancel.abort(new Error('cancelled'));
    await expect(running).rejects.toThrow('cancelled');
    await until('it is dead', () => !isRunning(call!.pid));
  });

  it('gives a verdict without an SBOM where nothing can be written', async () => {
    const sut = trivy.scanner();
    vi.stubEnv('TMPDIR', join(trivy.folder, 'nowhere'));
    try {
      expect(await scanAt(REGISTRY, sut)).toMatchObject({ kind: 'report', report: { sbom: null } });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('has an SBOM made of the report, without findings, and leaves nothing behind', async () => {
    await trivy.converts(
      `cp "$report" "$folder/report.json"; ls -l "$report" > "$folder/mode"; printf '{"bomFormat":"CycloneDX","components":[{"name":"zlib"}],"vulnerabilities":[{}]}'`,
    );
    const outcome = await scanAt(REGISTRY, trivy.scanner());
    if (outcome.kind !== 'report') throw new Error(outcome.reason);
    const { mediaType, body } = outcome.report.sbom!;
    expect([mediaType, JSON.parse(body.toString())]).toEqual([
      'application/vnd.cyclonedx+json',
      { bomFormat: 'CycloneDX', components: [{ name: 'zlib' }] },
    ]);
    expect(JSON.parse(await readFile(join(trivy.folder, 'report.json'), 'utf8'))).toMatchObject({ SchemaVersion: 2 });
    expect(await readFile(join(trivy.folder, 'mode'), 'utf8')).toMatch(/^-rw-------/);
    const [call] = trivy.calls('convert');
    expect(existsSync(call!.arguments.split(' ').at(-1)!)).toBe(false);
  });

  it.each([
    ['fails', 'exit 1'],
    ['makes something else', 'echo "[]"'],
    ['writes no JSON', 'echo nonsense'],
    ['writes without end', `head -c 41943040 /dev/zero | tr '\\0' ' '`],
  ])('has a verdict all the same when the SBOM %s', async (_, script) => {
    await trivy.converts(script);
    expect(await scanAt(REGISTRY, trivy.scanner())).toMatchObject({
      kind: 'report',
      report: { findings: [{ id: 'CVE-2099-0002' }], sbom: null },
    });
  });

  it('makes no SBOM where none is wanted', async () => {
    expect(await scanAt(REGISTRY, trivy.scanner({ sbom: false }))).toMatchObject({ report: { sbom: null } });
    expect(trivy.calls('convert')).toEqual([]);
  });

  it('is patient for longer than we are', async () => {
    await trivy.plays('tellsItsPatience');
    const { message } = await failureAt(REGISTRY, trivy.scanner({ timeout: 3_600 }));
    expect(message).toContain('3660s');
  });

  it('takes a table for no report', async () => {
    await trivy.plays('aTable');
    expect(await failureAt(REGISTRY, trivy.scanner())).toMatchObject({ kind: 'failed' });
  });

  it.each(['not JSON', '', '[]', '{"VulnerabilityDB":{"Version":"two"}}'])(
    'is away when its version is %j',
    async (text) => {
      await trivy.says(text);
      await expect(describeIt(trivy.scanner())).rejects.toMatchObject({ kind: 'away' });
      expect((await failureAt(REGISTRY, trivy.scanner())).kind).toBe('away');
    },
  );

  it('goes on with an old database while a newer one can not be had, and asks once', async () => {
    await trivy.says(OLD);
    await trivy.downloads(`echo 'FATAL no such host mirror.test' >&2; exit 1`);
    const sut = trivy.scanner({ offline: false, dbRepository: 'mirror.test/db:2' });
    expect(await describeIt(sut)).toMatchObject({ dataAt: new Date(PAST) });
    await until('it tried to fetch one', () => trivy.calls('--download-db-only').length === 1);
    expect(await describeIt(sut)).toMatchObject({ dataAt: new Date(PAST) });
    expect(trivy.calls('--download-db-only')).toHaveLength(1);
  });

  it('tells why it has no database at all', async () => {
    await trivy.says(null);
    await trivy.downloads(`echo 'FATAL no such host mirror.test' >&2; exit 1`);
    const sut = trivy.scanner({ offline: false });
    await until('the reason is known', async () => {
      const problem = await describeIt(sut).catch((error: unknown) => error);
      return problem instanceof ScanError && problem.kind === 'away' && problem.message.includes('mirror.test');
    });
  });

  it('fetches nothing where it is offline', async () => {
    await trivy.says(null);
    await expect(describeIt(trivy.scanner())).rejects.toMatchObject({ kind: 'away' });
    expect(trivy.calls('--download-db-only')).toEqual([]);
  });

  describe('as the client of a server', () => {
    let service: ScannerStandIn;
    beforeEach(async () => {
      service = await ScannerStandIn.start();
    });
    afterEach(() => service.stop());
    const client = () => trivy.scanner({ server: service.url, serverToken: 'shared', offline: false });

    it('asks the server how old its data are, and lets it match', async () => {
      service.on('GET /version', answerJson(200, 'application/json', OLD));
      expect(await scanAt(REGISTRY, client())).toMatchObject({ report: { scanner: { dataAt: new Date(PAST) } } });
      const [call] = trivy.calls('image');
      expect(call!.arguments).toContain(`--server ${service.url}`);
      expect(call!.arguments).not.toMatch(/shared|--cache-backend/);
    });

    it.each([
      ['floods', HOSTILE.flood('application/json')],
      ['answers with a page', HOSTILE.html],
      ['dies', HOSTILE.halfAnAnswer('application/json')],
      ['sends us elsewhere', HOSTILE.redirect('http://127.0.0.1:1/')],
      ['is broken', (response) => response.writeHead(500).end()],
    ] as [string, Parameters<ScannerStandIn['on']>[1]][])('is away when it %s', async (_, answer) => {
      service.on('GET /version', answer);
      await expect(describeIt(client())).rejects.toMatchObject({ kind: 'away' });
    });

    it('does not wait for one that is silent for longer than it is told to', async () => {
      service.on('GET /version', HOSTILE.silence);
      await expect(client().describe(AbortSignal.timeout(200))).rejects.toThrow();
    });
  });
});
