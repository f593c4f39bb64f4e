import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { quietPort } from './ports.js';
import { Program } from './program.js';

export interface RealAdapterOptions {
  /** Paths of the adapter, and of the Trivy that it runs. */
  adapter: string;
  trivy: string;
  /** A cache folder of Trivy's with a database, which is not written to. */
  database: string;
  /** Others may use it too: its keys begin with a word of its own. */
  redisUrl: string;
}

/** Harbor's scanner adapter for Trivy on 127.0.0.1. */
export class RealAdapter {
  private constructor(
    readonly url: string,
    private readonly program: Program,
    private readonly folder: string,
  ) {}

  static async start({ adapter, trivy, database, redisUrl }: RealAdapterOptions): Promise<RealAdapter> {
    const folder = await mkdtemp(join(tmpdir(), 'portus-adapter-'));
    await cp(join(database, 'db'), join(folder, 'cache/db'), { recursive: true });
    await mkdir(join(folder, 'reports'));
    const port = await quietPort();
    const url = `http://127.0.0.1:${port}`;
    const namespace = `portus-test:${port}`;
    const program = new Program({
      name: 'scanner adapter',
      file: adapter,
      args: [],
      env: {
        PATH: `${dirname(trivy)}:${process.env['PATH']}`,
        HOME: folder,
        TMPDIR: folder,
        TRIVY_VERSION: '0.67.2',
        TRIVY_DISABLE_TELEMETRY: 'true',
        SCANNER_API_SERVER_ADDR: `127.0.0.1:${port}`,
        SCANNER_REDIS_URL: redisUrl,
        SCANNER_STORE_REDIS_NAMESPACE: `${namespace}:store`,
        SCANNER_JOB_QUEUE_REDIS_NAMESPACE: `${namespace}:queue`,
        SCANNER_TRIVY_CACHE_DIR: join(folder, 'cache'),
        SCANNER_TRIVY_REPORTS_DIR: join(folder, 'reports'),
        SCANNER_TRIVY_SKIP_UPDATE: 'true',
        SCANNER_TRIVY_SKIP_JAVA_DB_UPDATE: 'true',
        SCANNER_TRIVY_OFFLINE_SCAN: 'true',
      },
      isReady: async () => (await fetch(`${url}/probe/ready`)).ok,
    });
    const started = new RealAdapter(url, program, folder);
    await program.start();
    return started;
  }

  async remove(): Promise<void> {
    await this.program.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
