import { Injectable } from '@nestjs/common';
import { ActivitiesRepository, type ActivityFilter, type ActivityRow } from '#persistence/activities.repository.js';
import type { Person } from '../http/access.js';
import { viewerOf } from '../http/viewer.js';
import { type ActivitiesQuery, CSV_HEADER, csvLine, MAX_ROWS } from './activities.dto.js';

@Injectable()
export class ActivitiesService {
  constructor(private readonly activities: ActivitiesRepository) {}

  async page(person: Person, query: ActivitiesQuery, limit: number): Promise<ActivityRow[]> {
    return this.activities.page(viewerOf(person), filterOf(query), query.cursor ?? null, limit);
  }

  /** The whole list as CSV, a page at a time: memory does not grow with the table, and a slow reader slows it down. */
  async *csv(person: Person, query: ActivitiesQuery): AsyncGenerator<string> {
    yield CSV_HEADER;
    let cursor = query.cursor;
    for (;;) {
      const rows = await this.page(person, { ...query, cursor }, MAX_ROWS);
      if (rows.length > 0) yield rows.map(csvLine).join('');
      if (rows.length < MAX_ROWS) return;
      cursor = rows.at(-1)!.id;
    }
  }
}

function filterOf(query: ActivitiesQuery): ActivityFilter {
  const { key, user_id: actorId, trackable_type: subjectType, team_id: teamId, namespace_id: namespaceId } = query;
  const date = (text: string | undefined): Date | undefined => (text === undefined ? undefined : new Date(text));
  return { key, actorId, subjectType, teamId, namespaceId, since: date(query.since), until: date(query.until) };
}
