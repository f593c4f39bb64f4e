import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A plan says which tags may go, not only of which repositories. One of before says nothing, so nothing goes for it. */
export class PlannedTags1795244400001 implements MigrationInterface {
  readonly name = 'PlannedTags1795244400001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "sync_batches" ADD "tags" jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "sync_batches" DROP COLUMN "tags"`);
  }
}
