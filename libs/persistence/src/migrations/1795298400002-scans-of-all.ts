import type { MigrationInterface, QueryRunner } from 'typeorm';

/** New scans of everything, asked for by one row for each scanner. */
export class ScansOfAll1795298400002 implements MigrationInterface {
  readonly name = 'ScansOfAll1795298400002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "scanners" ADD COLUMN "asked_at" TIMESTAMP WITH TIME ZONE');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "scanners" DROP COLUMN "asked_at"');
  }
}
