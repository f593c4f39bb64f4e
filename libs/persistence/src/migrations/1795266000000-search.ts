import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Names are found by any part of them. pg_trgm is a trusted extension: who may create in the database may make it. */
export class Search1795266000000 implements MigrationInterface {
  readonly name = 'Search1795266000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    await runner.query(
      'CREATE INDEX "repositories_full_name_trgm_idx" ON "repositories" USING gin ("full_name" gin_trgm_ops)',
    );
    await runner.query('CREATE INDEX "namespaces_name_trgm_idx" ON "namespaces" USING gin ("name" gin_trgm_ops)');
    await runner.query('CREATE INDEX "teams_name_trgm_idx" ON "teams" USING gin (lower("name"::text) gin_trgm_ops)');
    await runner.query('CREATE INDEX "tags_name_trgm_idx" ON "tags" USING gin ("name" gin_trgm_ops)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const index of ['tags_name', 'teams_name', 'namespaces_name', 'repositories_full_name']) {
      await runner.query(`DROP INDEX "${index}_trgm_idx"`);
    }
  }
}
