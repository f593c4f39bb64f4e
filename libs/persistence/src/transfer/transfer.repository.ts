import { ABLE_ADMIN, lockAccounts } from '../accounts.repository.js';
import type { Database, Sql } from '../database.js';
import { ensurePersonalNamespaces } from '../personal-namespaces.js';
import { lockRegistries } from '../write-registry.js';
import { APPLICATION_TOKENS, MEMBERS, TEAMS, USERS } from './people-sections.js';
import { NAMESPACES, REGISTRIES } from './place-sections.js';
import { RETENTION_RULES, WEBHOOKS } from './rule-sections.js';
import type { TransferItem, TransferSection } from './section.js';

export type { TransferItem, TransferSection } from './section.js';

/** Everything that people decided and no registry can tell, in the order in which one refers to the other. */
export const TRANSFER_SECTIONS: readonly TransferSection[] = [
  REGISTRIES,
  USERS,
  TEAMS,
  MEMBERS,
  NAMESPACES,
  RETENTION_RULES,
  APPLICATION_TOKENS,
  WEBHOOKS,
];

/** Any number; the same in every process: one import at a time. */
const LOCK = 7_406_541_311;

/** Reads and writes whole sections. */
export class TransferRepository {
  constructor(private readonly database: Database) {}

  /** All sections as they were at one moment. */
  async readAll(): Promise<Record<string, TransferItem[]>> {
    return this.database.transaction(async (sql) => {
      await sql.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const sections: Record<string, TransferItem[]> = {};
      for (const section of TRANSFER_SECTIONS) sections[section.name] = await this.read(sql, section);
      return sections;
    });
  }

  async read(sql: Sql, section: TransferSection): Promise<TransferItem[]> {
    return (await sql.query<{ item: TransferItem }>(section.read)).map(({ item }) => item);
  }

  /**
   * Runs an import in one transaction, alone among imports and among changes of accounts. Whoever has no personal namespace
   * at its end is given one.
   */
  async write<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.database.transaction(async (sql) => {
      await sql.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      await lockAccounts(sql);
      await lockRegistries(sql);
      return work(sql);
    });
  }

  /** Whether there is somebody who can sign in and administer. */
  async isAdministered(sql: Sql): Promise<boolean> {
    return (await sql.query(`SELECT FROM users u WHERE ${ABLE_ADMIN} LIMIT 1`)).length > 0;
  }

  async completePersonal(sql: Sql): Promise<void> {
    await ensurePersonalNamespaces(sql, {});
  }
}
