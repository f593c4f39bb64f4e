import type { Database } from './database.js';
import { schemaState } from './migrate.js';

/** What the statements of Portus are written for (`server_version_num`). */
const OLDEST_SERVER = 130_000;
/** Made by migrations; trusted extensions, so that the owner of a database may make them. */
const EXTENSIONS = ['citext', 'pg_trgm'];
/** A transaction as old as this keeps a migration waiting, seconds. */
const OLD_SECONDS = 30;

/** Whether a database can be brought to the newest schema now. */
export interface Preflight {
  /** Of the server, as it says it. */
  server: string;
  /** Migrations that would be run. */
  pending: string[];
  /** Why they can not be run. */
  problems: string[];
  /** What deserves a look before. */
  warnings: string[];
}

interface Facts {
  server: string;
  number: number;
  replica: boolean;
  mayCreate: boolean;
  missing: string[];
  foreign: string[];
  old: string[];
  programs: string[];
  bytes: string;
}

const FACTS = `
  SELECT current_setting('server_version') AS server,
         current_setting('server_version_num')::int AS number,
         pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool AS replica,
         has_database_privilege(current_database(), 'CREATE') AND has_schema_privilege('public', 'CREATE') AS "mayCreate",
         ARRAY(SELECT name FROM unnest($1::text[]) AS name
                WHERE name NOT IN (SELECT name FROM pg_available_extensions)) AS missing,
         ARRAY(SELECT tablename::text FROM pg_tables
                WHERE schemaname = 'public' AND NOT pg_has_role(tableowner, 'USAGE') ORDER BY 1 LIMIT 5) AS foreign,
         ARRAY(SELECT format('%s (%s)', pid, coalesce(nullif(application_name, ''), usename)) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                  AND xact_start < now() - make_interval(secs => $2) ORDER BY xact_start LIMIT 5) AS old,
         ARRAY(SELECT format('%s × %s', count(*), application_name) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name LIKE 'portus-%'
                  AND application_name <> current_setting('application_name')
                GROUP BY application_name ORDER BY 1) AS programs,
         pg_size_pretty(pg_database_size(current_database())) AS bytes`;

/** Looks, and changes nothing. */
export async function preflight(database: Database): Promise<Preflight> {
  const [facts] = await database.query<Facts>(FACTS, [EXTENSIONS, OLD_SECONDS]);
  const { missing: pending, unknown } = await schemaState(database);
  return {
    server: facts!.server,
    pending,
    problems: problemsOf(facts!, unknown),
    warnings: warningsOf(facts!, pending),
  };
}

function problemsOf(facts: Facts, unknown: string[]): string[] {
  const problems: string[] = [];
  if (facts.number < OLDEST_SERVER) problems.push(`PostgreSQL ${facts.server} is too old: 13 or newer is needed`);
  if (facts.replica) problems.push('this server takes no writes: it is a replica, or set to read only');
  if (!facts.mayCreate) problems.push('this user may create nothing in the database or in its schema public');
  for (const name of facts.missing) problems.push(`the extension ${name} is not installed at the server`);
  if (facts.foreign.length > 0)
    problems.push(`tables of somebody else can not be changed: ${facts.foreign.join(', ')}`);
  if (unknown.length > 0) problems.push(`a newer Portus has migrated it: ${unknown.slice(0, 5).join(', ')}`);
  return problems;
}

function warningsOf({ old, programs, bytes }: Facts, pending: string[]): string[] {
  if (pending.length === 0) return [];
  const warnings = [`take a backup first: the database has ${bytes}`];
  if (old.length > 0)
    warnings.push(`transactions of more than ${OLD_SECONDS} s would keep migrations waiting: ${old.join(', ')}`);
  if (programs.length > 0)
    warnings.push(`connections of programs that go on meanwhile: ${programs.join(', ')}; see docs/upgrade.md`);
  return warnings;
}
