import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One registry may speak without a secret, administrators read the inbox, and pulls are counted by tag and day. */
export class EventInbox1795248000000 implements MigrationInterface {
  readonly name = 'EventInbox1795248000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  `ALTER TABLE "registries" ADD "unsigned_events" boolean NOT NULL DEFAULT false`,
  // Who speaks without a secret can be told only while no other one may.
  `CREATE UNIQUE INDEX "registries_unsigned_events_key" ON "registries" ("unsigned_events") WHERE "unsigned_events"`,
  // Lists go by time, with the id to tell equals apart; the states that are looked for are rare.
  `DROP INDEX "registry_events_received_at_idx"`,
  `CREATE INDEX "registry_events_received_at_idx" ON "registry_events" ("received_at", "id")`,
  `CREATE INDEX "registry_events_repository_idx" ON "registry_events" ("repository", "received_at", "id")`,
  `CREATE INDEX "registry_events_trouble_idx" ON "registry_events" ("state", "received_at", "id")
    WHERE "state" IN ('ignored', 'failed', 'dead', 'rejected')`,
  `ALTER TABLE "pull_events" ADD "method" text NOT NULL DEFAULT 'GET'`,
  `ALTER TABLE "pull_events" ADD "client" text NOT NULL DEFAULT ''`,
  `ALTER TABLE "pull_events" ADD "received_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()`,
  `ALTER TABLE "tags" ADD "pull_count" bigint NOT NULL DEFAULT 0`,
  `ALTER TABLE "repositories" ADD "pull_count" bigint NOT NULL DEFAULT 0`,
  `ALTER TABLE "repositories" ADD "pulled_at" TIMESTAMP WITH TIME ZONE`,
  `CREATE TABLE "pull_counts" (
    "repository_id" integer NOT NULL,
    "tag" text NOT NULL,
    "day" date NOT NULL,
    "pulls" integer NOT NULL,
    CONSTRAINT "pull_counts_pkey" PRIMARY KEY ("repository_id", "tag", "day"),
    CONSTRAINT "pull_counts_repository_fk" FOREIGN KEY ("repository_id") REFERENCES "repositories" ("id") ON DELETE CASCADE
  )`,
  `CREATE INDEX "pull_counts_day_idx" ON "pull_counts" ("day")`,
];

const DOWN = [
  'DROP TABLE "pull_counts"',
  'ALTER TABLE "repositories" DROP "pulled_at", DROP "pull_count"',
  'ALTER TABLE "tags" DROP "pull_count"',
  'ALTER TABLE "pull_events" DROP "received_at", DROP "client", DROP "method"',
  'DROP INDEX "registry_events_trouble_idx"',
  'DROP INDEX "registry_events_repository_idx"',
  'DROP INDEX "registry_events_received_at_idx"',
  'CREATE INDEX "registry_events_received_at_idx" ON "registry_events" ("received_at")',
  'ALTER TABLE "registries" DROP "unsigned_events"',
];
