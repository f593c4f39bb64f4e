import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Images whose configuration is still to be read. Those that are stored already were read with their manifest. */
export class WaitingConfigs1795251600000 implements MigrationInterface {
  readonly name = 'WaitingConfigs1795251600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "waiting_configs" (
      "manifest_id" bigint NOT NULL,
      "due_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      CONSTRAINT "waiting_configs_pkey" PRIMARY KEY ("manifest_id")
    )`);
    await runner.query(`CREATE INDEX "waiting_configs_due_idx" ON "waiting_configs" ("due_at")`);
    await runner.query(
      `ALTER TABLE "waiting_configs" ADD CONSTRAINT "waiting_configs_manifest_fk" FOREIGN KEY ("manifest_id") REFERENCES "manifests"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "waiting_configs"');
  }
}
