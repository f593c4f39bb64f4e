import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isExecutable } from './commands.mjs';
import { postgresPackage } from './install.mjs';

const ADVICE = 'Give a PostgreSQL server of your own instead: DATABASE_URL=postgres://user:password@host/database';
/** A folder that only root can make, so nobody can have put other programs there before us. */
const SHARED_COPIES = '/var/cache/portus';
const PROGRAMS = ['initdb', 'postgres', 'pg_ctl'];

/**
 * PostgreSQL's programs out of the npm package, and the user to run them as. PostgreSQL refuses to run as root, so root
 * starts it as `postgres`, or as `nobody` where there is no such user: no user is ever made on the machine.
 * @returns {{ bin: string, uid?: number, gid?: number }}
 */
export function findPostgres(root, { owner } = {}) {
  const folder = postgresPackage(root);
  if (folder === undefined)
    throw new Error(`there is no embedded PostgreSQL for ${process.platform}-${process.arch}. ${ADVICE}`);
  const bin = join(folder, 'native/bin');
  for (const program of PROGRAMS.map((name) => join(bin, name))) if (!isExecutable(program)) chmodSync(program, 0o755);
  if (process.getuid?.() !== 0) return { bin };
  if (process.platform !== 'linux')
    throw new Error(`PostgreSQL does not run as root; start as another user. ${ADVICE}`);
  const user = owner ?? unprivilegedUser(readFileSync('/etc/passwd', 'utf8'));
  if (user === undefined)
    throw new Error(`PostgreSQL does not run as root, and there is no user "postgres" or "nobody". ${ADVICE}`);
  return { bin: canRun(join(bin, 'postgres'), user) ? bin : sharedCopy(folder, user), ...user };
}

/** uid and gid of `postgres`, else of `nobody`, from the text of /etc/passwd (initdb wants a user that has a name). */
export function unprivilegedUser(passwd) {
  const lines = passwd.split('\n').map((line) => line.split(':'));
  const entry = ['postgres', 'nobody'].map((name) => lines.find((fields) => fields[0] === name)).find(Boolean);
  return entry && { uid: Number(entry[2]), gid: Number(entry[3]) };
}

/** Whether that user gets through all folders above (a clone under root's 0700 home is closed to it). */
function canRun(program, { uid, gid }) {
  const result = spawnSync(program, ['--version'], { uid, gid, cwd: '/' });
  if (result.error?.code === 'EPERM')
    throw new Error(`this root may not change to another user, as PostgreSQL needs. ${ADVICE}`);
  return result.status === 0;
}

function sharedCopy(folder, user) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const target = join(SHARED_COPIES, `${name.split('/').pop()}-${version}`);
  const bin = join(target, 'bin');
  if (!isOurs(target) || !canRun(join(bin, 'postgres'), user)) copy(join(folder, 'native'), target);
  if (!canRun(join(bin, 'postgres'), user)) throw new Error(`PostgreSQL's programs in ${bin} do not run. ${ADVICE}`);
  return bin;
}

function isOurs(target) {
  const status = statSync(target, { throwIfNoEntry: false });
  return status !== undefined && status.uid === 0 && (status.mode & 0o022) === 0;
}

function copy(from, target) {
  mkdirSync(SHARED_COPIES, { recursive: true, mode: 0o755 });
  const draft = `${target}.${process.pid}`;
  cpSync(from, draft, { recursive: true, verbatimSymlinks: true });
  for (const folder of [SHARED_COPIES, draft]) chmodSync(folder, 0o755);
  if (existsSync(target)) rmSync(target, { recursive: true });
  renameSync(draft, target);
}
