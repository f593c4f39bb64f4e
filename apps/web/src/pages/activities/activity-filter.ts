import type { ActivitySearch } from './activity-search.js';

interface ApiFilter {
  trackable_type?: NonNullable<ActivitySearch['kind']>;
  since?: string;
  until?: string;
  user_id?: number;
}

/** The filter in the words of the api: days become the moments at which they begin and end here. */
export function apiFilter({ kind, since, until, user }: ActivitySearch): ApiFilter {
  return {
    ...(kind === undefined ? {} : { trackable_type: kind }),
    ...(since === undefined ? {} : { since: midnight(since, 0).toISOString() }),
    ...(until === undefined ? {} : { until: midnight(until, 1).toISOString() }),
    ...(user === undefined ? {} : { user_id: user }),
  };
}

/** The beginning of the day that comes so many days after this one; a day is not always 24 hours. */
function midnight(day: string, later: number): Date {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + later);
  return date;
}
