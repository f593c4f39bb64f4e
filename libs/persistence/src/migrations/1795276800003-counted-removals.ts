import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a run has counted a removal of its own; what was removed before was. */
export class CountedRemovals1795276800003 implements MigrationInterface {
  readonly name = 'CountedRemovals1795276800003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "removed_tags" ADD "counted" boolean NOT NULL DEFAULT true');
    await runner.query('ALTER TABLE "removed_tags" ALTER COLUMN "counted" SET DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "removed_tags" DROP COLUMN "counted"');
  }
}
