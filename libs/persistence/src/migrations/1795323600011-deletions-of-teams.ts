import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Teams whose namespaces hold images are deleted by workers. */
export class DeletionsOfTeams1795323600011 implements MigrationInterface {
  readonly name = 'DeletionsOfTeams1795323600011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "deletions" ADD "team_id" integer');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "deletions" DROP COLUMN "team_id"');
  }
}
