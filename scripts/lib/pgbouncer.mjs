import { join } from 'node:path';
import { versionOf } from './commands.mjs';
import { unpackDebianPackages, unpackedEnv } from './debian-packages.mjs';

/**
 * PgBouncer, unpacked of Debian's package: installed, it would be a service.
 * @returns {Promise<import('./client-tools.mjs').Found>}
 */
export async function findPgbouncer(cache, context) {
  const folder = join(cache, 'parts/pgbouncer');
  const file = join(folder, 'usr/sbin/pgbouncer');
  const runs = async () => (await versionOf(file, unpackedEnv(folder)))?.startsWith('PgBouncer') ?? false;
  try {
    if (!(await runs())) await unpackDebianPackages(['pgbouncer'], folder, context);
    if (!(await runs()))
      return { missing: { PORTUS_TEST_PGBOUNCER: "Debian's pgbouncer does not run on this machine" } };
    const { LD_LIBRARY_PATH } = unpackedEnv(folder);
    return { env: { PORTUS_TEST_PGBOUNCER: file, PORTUS_TEST_PGBOUNCER_LIBRARIES: LD_LIBRARY_PATH } };
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return { missing: { PORTUS_TEST_PGBOUNCER: error.message } };
  }
}
