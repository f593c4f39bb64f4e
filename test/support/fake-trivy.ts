import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrivyScanner } from '#scanning/trivy/trivy.js';
import type { TrivySettings } from '#scanning/trivy/trivy-settings.js';

/**
 * Stands where Trivy's program does. What it says of itself lies in `version.json`, how it downloads its database in
 * `download`, how it makes an SBOM in `convert`, and what it does with an image in a script named by the digest, or in
 * `any`. Each call is written down.
 */
const PROGRAM = `#!/bin/sh
folder=$(dirname "$0")
echo "$$ $*" >> "$folder/calls"
if [ "$1" = version ]; then exec cat "$folder/version.json"; fi
if [ "$1" = convert ]; then . "$folder/convert"; exit; fi
if [ "$2" = --download-db-only ]; then . "$folder/download"; exit; fi
for image; do :; done
play="$folder/\${image##*:}"
[ -e "$play" ] || play="$folder/any"
. "$play"
`;

/** As `trivy version --format json` of 0.67 answers. */
const VERSION = {
  Version: '0.67.2',
  VulnerabilityDB: {
    Version: 2,
    NextUpdate: '2099-01-01T00:00:00Z',
    UpdatedAt: '2026-11-01T00:00:00Z',
    DownloadedAt: '2026-11-01T00:00:00Z',
  },
};

/** A report of Trivy (schema 2) with one finding, in as many members as are read of it. */
const REPORT = {
  SchemaVersion: 2,
  ArtifactName: '$image',
  ArtifactType: 'container_image',
  Metadata: { OS: { Family: 'debian', Name: '12' } },
  Results: [
    {
      Target: '$image (debian 12)',
      Class: 'os-pkgs',
      Type: 'debian',
      Packages: [{ Name: 'zlib', Version: '1.2.13-1' }],
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2099-0002',
          PkgName: 'zlib',
          InstalledVersion: '1.2.13-1',
          FixedVersion: '1.3.1-1',
          Severity: 'HIGH',
          SeveritySource: 'debian',
          CVSS: { nvd: { V3Score: 7.5, V3Vector: 'CVSS:3.1/AV:N' } },
        },
      ],
    },
  ],
};
const HALF = JSON.stringify(REPORT).replaceAll('"', '\\"').slice(0, -60);

/** What the program does with an image, as lines of a shell. */
export const PLAYS = {
  good: `cat <<end\n${JSON.stringify(REPORT)}\nend\n`,
  aboutAnother: `image=\${image%@*}@sha256:${'d'.repeat(64)}\ncat <<end\n${JSON.stringify(REPORT)}\nend\n`,
  hangs: `printf '{"SchemaVersion":2,'\nsleep 1000 &\nwait\n`,
  aPage: `echo '<!doctype html><title>sign in</title>'\n`,
  aTable: `printf 'zlib  CVE-2099-0002  HIGH\\n'\n`,
  flood: `printf '{"SchemaVersion":2,"Results":['\nhead -c 209715200 /dev/zero | tr '\\0' ' '\necho ']}'\n`,
  tooMany: `printf '{"SchemaVersion":2,"Results":[{"Vulnerabilities":['
yes '{"VulnerabilityID":"CVE-2099-0009","PkgName":"x","InstalledVersion":"1"},' | head -n 30000\necho '0]}]}'\n`,
  cutShort: `printf "%s" "${HALF}"\n`,
  dies: `printf "%s" "${HALF}"\nkill -9 $$\n`,
  tellsItsPatience: `echo "FATAL patience of $TRIVY_TIMEOUT" >&2\nexit 1\n`,
  complains: `yes 'FATAL again and again' | head -c 209715200 >&2\nexit 1\n`,
} as const;
export type Play = keyof typeof PLAYS;

/** A program in Trivy's place that does as a test says. */
export class FakeTrivy {
  private constructor(
    /** Where it lies, as `trivy`. */
    readonly folder: string,
  ) {}

  static async create(): Promise<FakeTrivy> {
    const fake = new FakeTrivy(await mkdtemp(join(tmpdir(), 'portus-fake-trivy-')));
    await writeFile(join(fake.folder, 'trivy'), PROGRAM, { mode: 0o755 });
    await fake.says(VERSION);
    await fake.downloads('exit 1');
    await fake.converts(`echo '{"bomFormat":"CycloneDX","components":[],"vulnerabilities":[{}]}'`);
    await fake.plays('good');
    return fake;
  }

  scanner(more: Partial<TrivySettings> = {}): TrivyScanner {
    const server = { server: null, serverToken: null, dbRepository: null, insecure: false };
    const bounds = { timeout: 30, concurrency: 1, cacheDir: this.folder, sbom: true };
    return new TrivyScanner({ command: join(this.folder, 'trivy'), ...server, ...bounds, offline: true, ...more });
  }

  /** What it does with one image, or with all that nothing else was said of. */
  async plays(play: Play, digest?: string): Promise<void> {
    await writeFile(join(this.folder, digest?.split(':')[1] ?? 'any'), PLAYS[play]);
  }

  /** What `version` prints; null: a Trivy without a database. */
  async says(version: object | string | null): Promise<void> {
    const text = typeof version === 'string' ? version : JSON.stringify(version ?? { Version: '0.67.2' });
    await writeFile(join(this.folder, 'version.json'), text);
  }

  /** What it does when it is to download its database, as lines of a shell. */
  async downloads(script: string): Promise<void> {
    await writeFile(join(this.folder, 'download'), `${script}\n`);
  }

  /** How it makes an SBOM of a report, which is the last argument, as lines of a shell. */
  async converts(script: string): Promise<void> {
    await writeFile(join(this.folder, 'convert'), `for report; do :; done\n${script}\n`);
  }

  /** Its calls, each with the process that it was. */
  calls(word: string): { pid: number; arguments: string }[] {
    const file = join(this.folder, 'calls');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    return lines
      .filter((line) => line.includes(word))
      .map((line) => ({ pid: Number(line.split(' ', 1)[0]), arguments: line.slice(line.indexOf(' ') + 1) }));
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
