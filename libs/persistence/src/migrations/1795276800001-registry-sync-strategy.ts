import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A registry may have a sync strategy of its own; null: that of the settings. */
export class RegistrySyncStrategy1795276800001 implements MigrationInterface {
  readonly name = 'RegistrySyncStrategy1795276800001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "registries" ADD "sync_strategy" text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "registries" DROP COLUMN "sync_strategy"');
  }
}
