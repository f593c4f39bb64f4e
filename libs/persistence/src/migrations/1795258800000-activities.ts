import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit log: append only, and sealed in batches over committed rows. */
export class Activities1795258800000 implements MigrationInterface {
  readonly name = 'Activities1795258800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "activities" (
        "id" bigint GENERATED ALWAYS AS IDENTITY,
        "created_at" timestamptz NOT NULL DEFAULT now(),
        "key" text NOT NULL,
        "actor_id" integer,
        "actor_name" text,
        "address" text,
        "request_id" text,
        "subject_type" text NOT NULL,
        "subject_id" bigint,
        "subject_name" text NOT NULL,
        "team_id" integer,
        "namespace_id" integer,
        "details" jsonb NOT NULL DEFAULT '{}',
        "seal_id" integer,
        CONSTRAINT "activities_pkey" PRIMARY KEY ("id")
      )`);
    await runner.query('CREATE INDEX "activities_actor_idx" ON "activities" ("actor_id", "id")');
    await runner.query('CREATE INDEX "activities_team_idx" ON "activities" ("team_id", "id")');
    await runner.query('CREATE INDEX "activities_namespace_idx" ON "activities" ("namespace_id", "id")');
    await runner.query('CREATE INDEX "activities_key_idx" ON "activities" ("key", "id")');
    await runner.query('CREATE INDEX "activities_unsealed_idx" ON "activities" ("id") WHERE seal_id IS NULL');
    await runner.query('CREATE INDEX "activities_seal_idx" ON "activities" ("seal_id", "id")');
    await runner.query(`
      CREATE TABLE "activity_seals" (
        "id" integer NOT NULL,
        "sealed_at" timestamptz NOT NULL DEFAULT now(),
        "rows" integer NOT NULL,
        "hash" bytea NOT NULL,
        CONSTRAINT "activity_seals_pkey" PRIMARY KEY ("id")
      )`);
    await this.refuseChanges(runner);
  }

  /** A row may be given its seal, once; nothing else about it may change. */
  private async refuseChanges(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION portus_activities_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'UPDATE' AND OLD.seal_id IS NULL AND NEW.seal_id IS NOT NULL
           AND to_jsonb(OLD) - 'seal_id' = to_jsonb(NEW) - 'seal_id' THEN
          RETURN NEW;
        END IF;
        RAISE EXCEPTION 'activities are append only';
      END $$`);
    await runner.query(`
      CREATE TRIGGER activities_append_only BEFORE UPDATE OR DELETE ON "activities"
      FOR EACH ROW EXECUTE FUNCTION portus_activities_append_only()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "activity_seals"');
    await runner.query('DROP TABLE "activities"');
    await runner.query('DROP FUNCTION portus_activities_append_only()');
  }
}
