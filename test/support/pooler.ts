import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { query } from './databases.js';
import { quietPort } from './ports.js';
import { Program } from './program.js';

/** Fewer than the programs of a stack have in their pools: connections are really shared. */
const SERVER_CONNECTIONS = 4;

/** PgBouncer refuses to run as root. */
const IS_ROOT = process.getuid?.() === 0;
const NOBODY = 65_534;

/** PgBouncer before a database, whose connections belong to a client for one transaction only. */
class Pooler {
  private constructor(
    /** Of the same database, through the pooler. */
    readonly url: string,
    private readonly program: Program,
    private readonly folder: string,
  ) {}

  static async start(databaseUrl: string): Promise<Pooler> {
    const file = process.env['PORTUS_TEST_PGBOUNCER'];
    if (!file) throw new Error('PORTUS_TEST_PGBOUNCER does not name a pgbouncer');
    const folder = await mkdtemp(join(tmpdir(), 'portus-pooler-'));
    const port = await quietPort();
    const url = new URL(databaseUrl);
    await writeFile(join(folder, 'users'), `"${url.username}" "${decodeURIComponent(url.password)}"\n`);
    await writeFile(join(folder, 'pgbouncer.ini'), configuration(url, port, join(folder, 'users')));
    if (IS_ROOT) for (const path of [folder, join(folder, 'users')]) await chown(path, NOBODY, NOBODY);
    url.port = `${port}`;
    const isReady = async (): Promise<boolean> => (await query(url.href, 'SELECT 1')).length === 1;
    const { PATH, PORTUS_TEST_PGBOUNCER_LIBRARIES: LD_LIBRARY_PATH } = process.env;
    const args = [...(IS_ROOT ? ['-u', 'nobody'] : []), join(folder, 'pgbouncer.ini')];
    const how = { name: 'pgbouncer', file, args, env: { PATH, LD_LIBRARY_PATH }, isReady };
    const pooler = new Pooler(url.href, new Program(how), folder);
    try {
      await pooler.program.start();
      return pooler;
    } catch (error) {
      await pooler.remove();
      throw error;
    }
  }

  async remove(): Promise<void> {
    await this.program.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The same database through a pooler, which `undo` will end. */
export async function pooled(databaseUrl: string, undo: (() => Promise<void> | void)[]): Promise<string> {
  const pooler = await Pooler.start(databaseUrl);
  undo.push(() => pooler.remove());
  return pooler.url;
}

function configuration({ hostname, port }: URL, ownPort: number, users: string): string {
  return `[databases]
* = host=${hostname} port=${port || '5432'}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${ownPort}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${SERVER_CONNECTIONS}
max_client_conn = 200
ignore_startup_parameters = extra_float_digits,statement_timeout,options
`;
}
