import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Creations that may be asked for again, and are carried out once. */
export class IdempotencyKeys1795287600000 implements MigrationInterface {
  readonly name = 'IdempotencyKeys1795287600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "idempotency_keys" (
        "user_id" integer NOT NULL,
        "key" text NOT NULL,
        "fingerprint" bytea NOT NULL,
        "holder" uuid NOT NULL,
        "state" text NOT NULL DEFAULT 'running',
        "answer" text,
        "created_at" timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("user_id", "key"),
        CONSTRAINT "idempotency_keys_user_fk" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION
      )`);
    await runner.query('CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys" ("created_at")');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "idempotency_keys"');
  }
}
