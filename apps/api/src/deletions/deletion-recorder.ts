import { Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { ActivitiesRepository, type By, type NewActivity } from '#persistence/activities.repository.js';
import { Database, type Sql } from '#persistence/database.js';
import {
  type DeletionRow,
  DeletionsRepository,
  type NewDeletion,
  type NewItem,
} from '#persistence/deletions.repository.js';

/** A namespace or a team is named when its row is to go last. */
type Asked = Pick<NewDeletion, 'kind' | 'name' | 'moveShared'> & Partial<Pick<NewDeletion, 'namespaceId' | 'teamId'>>;

/** Writes down what is to be deleted, together with who asked for it. */
@Injectable()
export class DeletionRecorder {
  constructor(
    private readonly database: Database,
    private readonly deletions: DeletionsRepository,
    private readonly activities: ActivitiesRepository,
  ) {}

  /** @param items null: all repositories of the namespace, or of the team */
  async record(
    by: By,
    made: Asked,
    items: readonly NewItem[] | null,
    activity: NewActivity | null,
  ): Promise<DeletionRow> {
    const { actorId, actorName } = by;
    const id = await this.database.transaction(async (sql) => {
      const who = { actorId, actor: actorName ?? '', slot: null };
      const created = await this.create(sql, { namespaceId: null, teamId: null, ...made, ...who }, items);
      if (activity !== null) {
        await this.activities.record(by, { ...activity, details: { ...activity.details, deletion: created } }, sql);
      }
      return created!;
    });
    const row = await this.deletions.find(id);
    if (row === null) throw new AppError('not_found', 'Not found');
    return row;
  }

  private async create(sql: Sql, made: NewDeletion, items: readonly NewItem[] | null): Promise<number | null> {
    if (items !== null) return this.deletions.create(sql, made, items);
    if (made.teamId !== null) return this.deletions.createOfTeam(sql, { ...made, teamId: made.teamId });
    return this.deletions.createOfNamespace(sql, { ...made, namespaceId: made.namespaceId! });
  }
}
