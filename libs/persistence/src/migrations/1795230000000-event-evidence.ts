import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rejected and dead notifications are looked for every second: by an index that holds no others. */
export class EventEvidence1795230000000 implements MigrationInterface {
  readonly name = 'EventEvidence1795230000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX "registry_events_evidence_idx" ON "registry_events" ("registry_id") WHERE "state" IN ('rejected', 'dead')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "registry_events_evidence_idx"');
  }
}
