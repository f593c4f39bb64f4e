import { randomBytes } from 'node:crypto';
import { migrate } from '#persistence/migrate.js';
import { query } from './databases.js';

/** Holds the name of a migrated database; databases that are made as copies of it need no migration. */
const VARIABLE = 'PORTUS_TEST_TEMPLATE';

/** What a statement `CREATE DATABASE` ends with to make a migrated one; null: there is none to copy on that server. */
export function migratedTemplate(serverUrl: string): string | null {
  const name = process.env[VARIABLE];
  return name === undefined || serverUrl !== process.env['DATABASE_URL'] ? null : `TEMPLATE ${name}`;
}

/** Before all files of a size: one database is migrated, on the server of DATABASE_URL. After them it is dropped. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  const serverUrl = process.env['DATABASE_URL'];
  if (serverUrl === undefined) return undefined;
  const name = `portus_template_${randomBytes(6).toString('hex')}`;
  await query(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate({ url: url.href, poolSize: 2, applicationName: 'portus-test' });
  process.env[VARIABLE] = name;
  return async () => void (await query(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
}
