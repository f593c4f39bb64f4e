import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An index for every order that a list may have; the id at its end is what makes each place in the list one of a kind. */
const INDEXES: readonly [name: string, on: string][] = [
  ['tags_name_idx', '"tags" ("name", "id")'],
  ['tags_created_at_idx', '"tags" ("created_at", "id")'],
  ['tags_updated_at_idx', '"tags" ("updated_at", "id")'],
  ['tags_repository_idx', '"tags" ("repository_id", "id")'],
  ['repositories_listed_idx', '"repositories" ("id") WHERE "removed_at" IS NULL'],
  ['repositories_listed_namespace_idx', '"repositories" ("namespace_id", "id") WHERE "removed_at" IS NULL'],
  ['repositories_name_idx', '"repositories" ("name", "id")'],
  ['repositories_full_name_idx', '"repositories" ("full_name", "id")'],
  ['repositories_created_at_idx', '"repositories" ("created_at", "id")'],
  ['repositories_updated_at_idx', '"repositories" ("updated_at", "id")'],
  ['namespaces_name_idx', '"namespaces" ("name", "id")'],
  ['namespaces_created_at_idx', '"namespaces" ("created_at", "id")'],
  ['namespaces_updated_at_idx', '"namespaces" ("updated_at", "id")'],
  ['namespaces_visibility_idx', '"namespaces" ("visibility", "id")'],
  ['teams_listed_idx', '"teams" ("id") WHERE NOT "hidden"'],
  ['teams_name_idx', '"teams" ("name", "id")'],
  ['teams_created_at_idx', '"teams" ("created_at", "id")'],
  ['teams_updated_at_idx', '"teams" ("updated_at", "id")'],
  ['team_users_team_idx', '"team_users" ("team_id", "id")'],
  ['users_email_order_idx', `"users" ((coalesce("email", '')), "id")`],
  ['users_username_idx', '"users" ("username", "id")'],
  ['users_created_at_idx', '"users" ("created_at", "id")'],
  ['users_updated_at_idx', '"users" ("updated_at", "id")'],
  ['tag_alarms_unsettled_idx', '"tag_alarms" ("id") WHERE "settled_at" IS NULL'],
];

export class ListOrders1795287600001 implements MigrationInterface {
  readonly name = 'ListOrders1795287600001';

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, on] of INDEXES) await runner.query(`CREATE INDEX "${name}" ON ${on}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name] of INDEXES) await runner.query(`DROP INDEX "${name}"`);
  }
}
