import { Injectable } from '@nestjs/common';
import { ActivitiesRepository, type ActivityFilter, type ActivityRow } from '#persistence/activities.repository.js';
import type { Listed, Page } from '#persistence/listing.js';
import type { Person } from '../http/access.js';
import { viewerOf } from '../http/viewer.js';
import { type ActivitiesQuery, CSV_HEADER, csvLine, MAX_ROWS } from './activities.dto.js';

@Injectable()
export class ActivitiesService {
  constructor(private readonly activities: ActivitiesRepository) {}

  /** Newest first. */
  async page(person: Person, query: ActivitiesQuery, { after, take }: Page<'id'>): Promise<Listed<ActivityRow>> {
    const rows = await this.activities.page(viewerOf(person), filterOf(query), after?.id ?? null, take + 1);
    const items = rows.slice(0, take);
    const next = rows.length > take ? { value: '', id: items.at(-1)!.id } : null;
    return { items, total: null, next };
  }

  /** The whole list as CSV, a page at a time: memory does not grow with the table, and a slow reader slows it down. */
  async *csv(person: Person, query: ActivitiesQuery, page: Page<'id'>): AsyncGenerator<string> {
    yield CSV_HEADER;
    for (let after = page.after; ;) {
      const { items, next } = await this.page(person, query, { ...page, take: MAX_ROWS, after: after ?? null });
      if (items.length > 0) yield items.map(csvLine).join('');
      if (!next) return;
      after = next;
    }
  }
}

function filterOf(query: ActivitiesQuery): ActivityFilter {
  const { key, user_id: actorId, trackable_type: subjectType, team_id: teamId, namespace_id: namespaceId } = query;
  const date = (text: string | undefined): Date | undefined => (text === undefined ? undefined : new Date(text));
  return { key, actorId, subjectType, teamId, namespaceId, since: date(query.since), until: date(query.until) };
}
