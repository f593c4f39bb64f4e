import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quietPort } from './ports.js';
import { Program } from './program.js';

export interface TrivyServerOptions {
  /** Path of Trivy. */
  command: string;
  /** A cache folder with a database, which is not written to. */
  database: string;
  /** What clients have to name. */
  token: string;
}

/** The real Trivy as a server on 127.0.0.1, with a database made for the tests. */
export class TrivyServer {
  private constructor(
    readonly url: string,
    readonly program: Program,
    private readonly folder: string,
  ) {}

  static async start({ command, database, token }: TrivyServerOptions): Promise<TrivyServer> {
    // It keeps layers beside its database, and holds that against all others.
    const folder = await mkdtemp(join(tmpdir(), 'portus-trivy-server-'));
    await cp(join(database, 'db'), join(folder, 'db'), { recursive: true });
    const port = await quietPort();
    const url = `http://127.0.0.1:${port}`;
    const program = new Program({
      name: 'trivy server',
      file: command,
      args: ['--cache-dir', folder, 'server', '--listen', `127.0.0.1:${port}`, '--skip-db-update'],
      env: { TRIVY_TOKEN: token, TMPDIR: folder, HOME: folder, TRIVY_DISABLE_TELEMETRY: 'true' },
      isReady: async () => (await fetch(`${url}/healthz`)).ok,
    });
    const started = new TrivyServer(url, program, folder);
    await program.start();
    return started;
  }

  async remove(): Promise<void> {
    await this.program.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
