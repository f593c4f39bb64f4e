import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { parse, stringify } from 'yaml';
import { quietPort } from './ports.js';
import { Program } from './program.js';
import { TestDatabase } from './test-database.js';

export interface RealClairOptions {
  /** Paths of the service and of its tool. */
  clair: string;
  clairctl: string;
}

/** What Clair knows of a package of Debian 12. */
export interface KnownVulnerability {
  name: string;
  package: string;
  /** '': no version fixes it. */
  fixed: string;
  severity: 'Critical' | 'High' | 'Medium' | 'Low' | 'Negligible';
}

/** Clair v4 in one process, with a database of its own and no updaters: it knows what it is given. */
export class RealClair {
  readonly key = randomBytes(32);

  private constructor(
    readonly url: string,
    private readonly folder: string,
    private readonly database: TestDatabase,
    private readonly program: Program,
    private readonly clairctl: string,
  ) {}

  static async start({ clair, clairctl }: RealClairOptions): Promise<RealClair> {
    const database = await TestDatabase.create({ migrated: false });
    const folder = await mkdtemp(join(tmpdir(), 'portus-clair-'));
    const [port, other] = [await quietPort(), await quietPort()];
    const url = `http://127.0.0.1:${port}`;
    // Without a token it does not let us in, but it is there.
    const ready = async (): Promise<boolean> => (await fetch(`${url}/indexer/api/v1/index_state`)).status === 401;
    const args = ['-conf', join(folder, 'config.json'), '-mode', 'combo'];
    const program = new Program({ name: 'clair', file: clair, args, env: { TMPDIR: folder }, isReady: ready });
    const started = new RealClair(url, folder, database, program, clairctl);
    const mapping = join(folder, 'mapping.json');
    await writeFile(mapping, NO_MAPPING);
    const configuration = configurationOf({ port, other, connstring: database.url, key: started.key, mapping });
    // JSON is YAML.
    await writeFile(join(folder, 'config.json'), JSON.stringify(configuration), { mode: 0o600 });
    await program.start();
    return started;
  }

  /** Gives it an update. */
  async learn(vulnerabilities: readonly KnownVulnerability[]): Promise<void> {
    const bundle = join(this.folder, 'bundle.json');
    await writeFile(bundle, bundleOf(vulnerabilities));
    await promisify(execFile)(this.clairctl, ['-q', '-c', join(this.folder, 'config.json'), 'import-updaters', bundle]);
  }

  async remove(): Promise<void> {
    await this.program.stop();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

interface Configuration {
  port: number;
  other: number;
  connstring: string;
  key: Buffer;
  mapping: string;
}

/**
 * What a Clair without a network is told; `mapping` is the path of what it would fetch from Red Hat, and cannot scan
 * anything without (`NO_MAPPING` will do).
 */
function airGap(mapping: string): { indexer: object; matcher: object } {
  const scanner = {
    repo: { 'rhel-repository-scanner': { repo2cpe_mapping_file: mapping } },
    package: {
      rhel_containerscanner: { name2repos_mapping_file: mapping },
      rhel_package_container_detector: { name2repos_mapping_file: mapping },
    },
  };
  return { indexer: { airgap: true, scanner }, matcher: { disable_updaters: true } };
}

export const NO_MAPPING = '{"data":{}}';

/** A configuration of Clair, changed for where nothing can be fetched. The mapping is in the image (NO_MAPPING). */
export function withoutNetwork(text: string): string {
  const { indexer, matcher, ...rest } = parse(text) as { indexer: object; matcher: object };
  const alone = airGap('/mapping.json');
  return stringify({ ...rest, indexer: { ...indexer, ...alone.indexer }, matcher: { ...matcher, ...alone.matcher } });
}

/** An update as Clair's offline bundles hold it (claircore `libvuln/jsonblob`): a line for each vulnerability. */
export const bundleOf = (vulnerabilities: readonly KnownVulnerability[]): string =>
  vulnerabilities.map((one) => `${JSON.stringify(entryOf(one))}\n`).join('');

function configurationOf({ port, other, connstring, key, mapping }: Configuration): object {
  const { indexer, matcher } = airGap(mapping);
  const itself = `http://127.0.0.1:${port}`;
  return {
    http_listen_addr: `127.0.0.1:${port}`,
    introspection_addr: `127.0.0.1:${other}`,
    log_level: 'warn',
    indexer: { connstring, migrations: true, scanlock_retry: 1, ...indexer },
    matcher: { connstring, migrations: true, indexer_addr: itself, ...matcher },
    notifier: { connstring, migrations: true, indexer_addr: itself, matcher_addr: itself },
    auth: { psk: { key: key.toString('base64'), iss: ['portus'] } },
  };
}

function entryOf({ name, package: affected, fixed, severity }: KnownVulnerability): object {
  return {
    Updater: 'debian/updater',
    Fingerprint: 'made for a test',
    Date: '2026-11-01T10:00:00Z',
    Ref: '6f1f3a52-5f0c-4d3b-9a51-0b7d2f0a7a11',
    Kind: 'vulnerability',
    Vuln: {
      updater: 'debian/updater',
      name,
      description: `${affected}: made up`,
      links: `https://example.com/${name}`,
      severity,
      normalized_severity: severity,
      fixed_in_version: fixed,
      package: { name: affected, kind: 'source' },
      distribution: {
        did: 'debian',
        name: 'Debian GNU/Linux',
        version: '12 (bookworm)',
        version_code_name: 'bookworm',
        version_id: '12',
        pretty_name: 'Debian GNU/Linux 12 (bookworm)',
      },
      repository: {},
    },
  };
}
