import { join } from 'node:path';
import { run, which } from './commands.mjs';
import { unpackDebianPackages } from './debian-packages.mjs';

const SYSTEM_PATH = `${process.env.PATH}:/usr/local/sbin:/usr/sbin`;

/**
 * nginx: on PATH, or Debian's package unpacked, so that no service is made of it.
 * @returns {Promise<{ env: Record<string, string> } | { missing: Record<string, string> }>}
 */
export async function findNginx(cache, context) {
  const installed = which('nginx', SYSTEM_PATH);
  if (installed !== undefined) return { env: { PORTUS_TEST_NGINX: installed } };
  const target = join(cache, 'parts/nginx');
  const found = { env: { PORTUS_TEST_NGINX: join(target, 'usr/sbin/nginx') } };
  if (await runs(found)) return found;
  try {
    await unpackDebianPackages(['nginx'], target, context);
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return { missing: { PORTUS_TEST_NGINX: `no nginx on PATH; ${error.message}` } };
  }
  return (await runs(found))
    ? found
    : { missing: { PORTUS_TEST_NGINX: "Debian's nginx does not run on this machine" } };
}

const runs = ({ env }) =>
  run(env.PORTUS_TEST_NGINX, ['-v'], { timeoutMs: 10_000 }).then(
    () => true,
    () => false,
  );
