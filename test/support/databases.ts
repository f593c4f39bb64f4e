import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** One statement on a connection of its own, so that no test holds one while servers come and go. */
export async function query<T extends object>(url: string, text: string, values: unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<T>(text, values)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Makes a database with a name of its own on a server: an empty one, or as `template` says. Returns its URL, and what
 * removes it again.
 */
export async function createDatabase(
  serverUrl: string,
  template: string | null = null,
): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `portus_e2e_${randomBytes(6).toString('hex')}`;
  await query(serverUrl, `CREATE DATABASE ${name} ${template ?? ''}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const drop = async (): Promise<void> => {
    await query(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
  return { url: url.href, drop };
}
