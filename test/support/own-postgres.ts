import { execFile } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { query } from './databases.js';
import { quietPort } from './ports.js';
import { Program } from './program.js';

const run = promisify(execFile);
/** The server is killed in tests, but the machine is not. */
const SETTINGS = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', 'fsync=off'];

/** A PostgreSQL cluster of one suite, which may be stopped without troubling others. */
export class OwnPostgres {
  private constructor(
    /** Of its database `postgres`. */
    readonly url: string,
    private readonly program: Program,
    private readonly folder: string,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const bin = process.env['PORTUS_TEST_PG_BIN'];
    if (!bin) throw new Error("PORTUS_TEST_PG_BIN does not name the folder of PostgreSQL's programs");
    const user = otherUser();
    const folder = await mkdtemp(join(tmpdir(), 'portus-postgres-'));
    try {
      if (user) await chown(folder, user.uid, user.gid);
      const data = join(folder, 'data');
      const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
      const flags = ['-D', data, '-U', 'portus', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
      await run(join(bin, 'initdb'), flags, { cwd: '/', env, ...user });
      const port = await quietPort();
      const url = `postgres://portus@127.0.0.1:${port}/postgres`;
      const args = ['-D', data, '-p', `${port}`, ...SETTINGS.flatMap((setting) => ['-c', setting])];
      const isReady = async (): Promise<boolean> => (await query(url, 'SELECT 1')).length === 1;
      // SIGINT: a fast shutdown, which waits for no client.
      const how = { name: 'postgres', file: join(bin, 'postgres'), args, env, isReady, stopSignal: 'SIGINT' as const };
      const program = new Program({ ...how, ...user });
      await program.start();
      return new OwnPostgres(url, program, folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get pid(): number | null {
    return this.program.pid;
  }

  logs(): string {
    return this.program.logs();
  }

  async start(): Promise<void> {
    await this.program.start();
  }

  /** Default SIGINT, a fast shutdown; SIGQUIT is an immediate one; SIGKILL takes its children along. */
  async stop(signal?: NodeJS.Signals): Promise<void> {
    await this.program.stop(signal);
  }

  /** SIGSTOP for it and all its children. */
  suspend(): void {
    this.program.suspend();
  }

  resume(): void {
    this.program.resume();
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** PostgreSQL refuses to run as root; then the environment says as whom. */
function otherUser(): { uid: number; gid: number } | undefined {
  const { PORTUS_TEST_PG_UID: uid, PORTUS_TEST_PG_GID: gid } = process.env;
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}
