import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when a scanner looks at new images, since when a finding is known, and which verdicts are made up. */
export class ScanMarks1795320000000 implements MigrationInterface {
  readonly name = 'ScanMarks1795320000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE "scanners" ADD COLUMN "enabled_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()',
    );
    await runner.query('ALTER TABLE "scan_targets" ADD COLUMN "demo" boolean NOT NULL DEFAULT false');
    await runner.query(`UPDATE "scan_targets" t SET "demo" = true FROM "scan_verdicts" v JOIN "scanners" n ON n."name" = v."scanner" AND n."demo"
      WHERE v."target_id" = t."id"`);
    await runner.query(
      'ALTER TABLE "scan_findings" ADD COLUMN "found_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()',
    );
    await runner.query(
      `UPDATE "scan_findings" f SET "found_at" = v."first_at" FROM "scan_verdicts" v WHERE v."id" = f."verdict_id"`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "scan_findings" DROP COLUMN "found_at"');
    await runner.query('ALTER TABLE "scan_targets" DROP COLUMN "demo"');
    await runner.query('ALTER TABLE "scanners" DROP COLUMN "enabled_at"');
  }
}
