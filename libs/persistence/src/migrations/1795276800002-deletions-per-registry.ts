import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose items a deletion holds, so that each registry is worked off by itself; and which items were begun. */
export class DeletionsPerRegistry1795276800002 implements MigrationInterface {
  readonly name = 'DeletionsPerRegistry1795276800002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "deletions" ADD "registry_id" integer');
    await runner.query(
      `UPDATE deletions d SET registry_id = i.registry_id
         FROM (SELECT deletion_id, min(registry_id) AS registry_id FROM deletion_items
                GROUP BY deletion_id HAVING min(registry_id) = max(registry_id)) i
        WHERE i.deletion_id = d.id`,
    );
    await runner.query('ALTER TABLE "deletion_items" ADD "begun" boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "deletion_items" DROP COLUMN "begun"');
    await runner.query('ALTER TABLE "deletions" DROP COLUMN "registry_id"');
  }
}
