import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';

/** Of each registry: what waits and for how long, what failed, how far behind. */
export function InboxSummary() {
  const { t } = useTranslation();
  const query = useList(['events', 'summary'], (signal) => api.GET('/api/v1/events/summary', { signal }), {
    every: 3_000,
  });
  const seconds = (value: number | null) =>
    value === null ? '–' : t('events.seconds', { value: Math.round(value * 100) / 100 });
  return (
    <DataList
      label={t('events.summary')}
      query={query}
      keyOf={({ registry_id }) => registry_id}
      search={{}}
      onSearch={() => undefined}
      empty={<Empty text={t('registries.empty')} />}
      columns={[
        { title: t('events.registry'), cell: ({ registry }) => registry },
        { title: t('events.waiting'), cell: ({ received }) => received },
        { title: t('events.oldest'), cell: ({ oldest_waiting_seconds }) => seconds(oldest_waiting_seconds) },
        {
          title: t('events.lag'),
          cell: ({ lag_median_seconds, lag_max_seconds }) =>
            `${seconds(lag_median_seconds)}, ${seconds(lag_max_seconds)}`,
        },
        { title: t('events.failed'), cell: ({ failed }) => failed },
        { title: t('events.dead'), cell: ({ dead }) => dead },
        { title: t('events.rejected'), cell: ({ rejected }) => rejected },
      ]}
    />
  );
}
