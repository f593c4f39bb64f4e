import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bots are few among many people, and listed by themselves. */
export class Bots1795327200000 implements MigrationInterface {
  readonly name = 'Bots1795327200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX "users_bots_idx" ON "users" ("id") WHERE "bot"');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "users_bots_idx"');
  }
}
