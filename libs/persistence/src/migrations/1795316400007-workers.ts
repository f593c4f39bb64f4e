import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Workers tell that they are there, and when a registry was heard last is known. */
export class Workers1795316400007 implements MigrationInterface {
  readonly name = 'Workers1795316400007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "workers" (
      "id" uuid NOT NULL,
      "name" text NOT NULL,
      "version" text NOT NULL,
      "tasks" text array NOT NULL,
      "started_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "seen_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "stopped_at" TIMESTAMP WITH TIME ZONE,
      CONSTRAINT "workers_pkey" PRIMARY KEY ("id")
    )`);
    await runner.query('ALTER TABLE "registries" ADD "heard_at" TIMESTAMP WITH TIME ZONE');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "registries" DROP COLUMN "heard_at"');
    await runner.query('DROP TABLE "workers"');
  }
}
