import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Manifests that the registry no longer has: they are in nobody's way, and their facts stay for the history of tags. */
export class GoneManifests1795240800000 implements MigrationInterface {
  readonly name = 'GoneManifests1795240800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "manifests" ADD "gone_at" TIMESTAMP WITH TIME ZONE');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "manifests" DROP COLUMN "gone_at"');
  }
}
