import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the clocks of registries and of the database are from Portus's. */
export class RegistryClocks1795237200001 implements MigrationInterface {
  readonly name = 'RegistryClocks1795237200001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE "registries" ADD "clock_ahead_ms" integer, ADD "clock_database_ahead_ms" integer,
        ADD "clock_measured_at" TIMESTAMP WITH TIME ZONE`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE "registries" DROP "clock_measured_at", DROP "clock_database_ahead_ms", DROP "clock_ahead_ms"',
    );
  }
}
