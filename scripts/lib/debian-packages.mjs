import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, which } from './commands.mjs';

const QUICK_FAILURE = [
  '-o',
  'Acquire::Retries=0',
  '-o',
  'Acquire::http::Timeout=15',
  '-o',
  'Acquire::https::Timeout=15',
];

/** Package names of the lines `Inst <name> (…)` that `apt-get --simulate install` prints. */
export function packagesToInstall(simulation) {
  return [...simulation.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
}

/**
 * Unpacks Debian packages, and what they need beyond the installed ones, into a folder. Nothing is installed, no service
 * is made, no right beyond the folder is needed.
 * @param {string[]} packages
 * @param {string} target a folder that does not exist yet, or a former result, which is replaced
 * @param {{ whole?: boolean }} [options] `whole`: with all that they need, as if nothing were installed
 * @throws {Error} why it is impossible
 */
export async function unpackDebianPackages(packages, target, context, { whole = false } = {}) {
  for (const tool of ['apt-get', 'dpkg-deb']) if (!which(tool)) throw new Error(`no ${tool} on PATH`);
  const work = `${target}.new`;
  rmSync(work, { recursive: true, force: true });
  try {
    const debs = join(work, 'debs');
    mkdirSync(debs, { recursive: true });
    const status = join(work, 'status');
    writeFileSync(status, '');
    await download(packages, { debs, work, alone: whole ? ['-o', `Dir::State::status=${status}`] : [] }, context);
    for (const deb of readdirSync(debs).filter((name) => name.endsWith('.deb')))
      await run('dpkg-deb', ['-x', join(debs, deb), join(work, 'root')], context);
    rmSync(target, { recursive: true, force: true });
    renameSync(join(work, 'root'), target);
  } catch (error) {
    if (context.signal?.aborted) throw error;
    throw new Error(`apt-get does not get ${packages.join(', ')} (is there a network?)`, { cause: error });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** First with the machine's package lists; where they are empty or old, with own ones that are fetched now. */
async function download(packages, { debs, work, alone }, context) {
  try {
    await downloadWith(alone, packages, debs, context);
  } catch (error) {
    if (context.signal?.aborted) throw error;
    const own = ownLists(work);
    await run('apt-get', [...QUICK_FAILURE, ...own, 'update'], { timeoutMs: 120_000, ...context });
    await downloadWith([...own, ...alone], packages, debs, context);
  }
}

async function downloadWith(options, packages, debs, context) {
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
  const limits = { timeoutMs: 120_000, env, ...context };
  const simulate = ['-o', 'Debug::NoLocking=1', '--simulate', '--no-install-recommends', 'install'];
  const needed = packagesToInstall(await run('apt-get', [...options, ...simulate, ...packages], limits));
  const names = [...new Set([...packages, ...needed])];
  await run('apt-get', [...QUICK_FAILURE, ...options, 'download', ...names], { ...limits, cwd: debs });
}

/** apt options that keep lists and caches in `work`, so that any user can fetch them; dpkg's status is still the machine's. */
function ownLists(work) {
  const state = join(work, 'apt');
  for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(state, folder), { recursive: true });
  const options = {
    'Dir::State': state,
    'Dir::State::lists': join(state, 'lists'),
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': join(state, 'cache'),
    'APT::Sandbox::User': 'root',
  };
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** Environment with which a program of an unpacked tree finds its libraries. */
export function unpackedEnv(target, env = process.env) {
  const folders = ['usr/lib', 'lib']
    .map((folder) => join(target, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => [folder, ...multiarch(folder)]);
  return { ...env, LD_LIBRARY_PATH: [...folders, env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter) };
}

function multiarch(folder) {
  return readdirSync(folder)
    .filter((name) => name.includes('-linux-'))
    .map((name) => join(folder, name));
}
