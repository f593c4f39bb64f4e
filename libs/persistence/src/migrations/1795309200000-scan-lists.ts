import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Scans are listed by their state, and what was given up is counted by webhook. */
export class ScanLists1795309200000 implements MigrationInterface {
  readonly name = 'ScanLists1795309200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX "scans_state_idx" ON "scans" ("state", "id")');
    await runner.query('DROP INDEX "webhook_deliveries_dead_idx"');
    await runner.query(
      `CREATE INDEX "webhook_deliveries_dead_idx" ON "webhook_deliveries" ("webhook_id", "id") WHERE "state" = 'dead'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "webhook_deliveries_dead_idx"');
    await runner.query(
      `CREATE INDEX "webhook_deliveries_dead_idx" ON "webhook_deliveries" ("id") WHERE "state" = 'dead'`,
    );
    await runner.query('DROP INDEX "scans_state_idx"');
  }
}
