import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Application tokens may expire, be restricted, and tell when they were last used. */
export class TokenLimits1795233600000 implements MigrationInterface {
  readonly name = 'TokenLimits1795233600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "application_tokens"
      ADD COLUMN "expires_at" TIMESTAMP WITH TIME ZONE,
      ADD COLUMN "actions" text array,
      ADD COLUMN "namespaces" text array,
      ADD COLUMN "last_used_at" TIMESTAMP WITH TIME ZONE,
      ADD COLUMN "last_used_from" text,
      ADD CONSTRAINT "application_tokens_actions_check" CHECK ("actions" <@ ARRAY['pull', 'push', 'delete'])`);
    await runner.query(`CREATE INDEX "application_tokens_user_idx" ON "application_tokens" ("user_id", "id")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "application_tokens_user_idx"');
    await runner.query(`ALTER TABLE "application_tokens"
      DROP CONSTRAINT "application_tokens_actions_check",
      DROP COLUMN "expires_at", DROP COLUMN "actions", DROP COLUMN "namespaces", DROP COLUMN "last_used_at",
      DROP COLUMN "last_used_from"`);
  }
}
