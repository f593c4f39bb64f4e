import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Loading } from '../../parts/loading.js';

const HEIGHT = 160;
const BAR = 20;

/** Pulls per day, as bars; the numbers are there for those who cannot see them. */
export function TagPulls({ id }: { id: number }) {
  const { t, i18n } = useTranslation();
  const query = useOne(['tags', id, 'pulls'], (signal) =>
    api.GET('/api/v1/tags/{id}/pulls', { params: { path: { id } }, signal }),
  );
  if (query.error) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const { days, pulls, from, to } = query.data;
  const most = Math.max(1, ...days.map((day) => day.pulls));
  const dateOf = (day: string) =>
    new Date(`${day}T12:00:00`).toLocaleDateString(i18n.language, { dateStyle: 'medium' });
  return (
    <Stack>
      <Text>{t('pulls.total', { count: pulls })}</Text>
      <svg
        role="img"
        aria-label={t('pulls.chart', { from: dateOf(from), to: dateOf(to), most })}
        viewBox={`0 0 ${Math.max(1, days.length) * BAR} ${HEIGHT}`}
        width="100%"
        height={HEIGHT}
        preserveAspectRatio="none"
      >
        {days.map((day, index) => {
          const height = (day.pulls / most) * (HEIGHT - 4);
          return (
            <rect
              key={day.day}
              x={index * BAR + 2}
              y={HEIGHT - height}
              width={BAR - 4}
              height={height}
              fill="var(--mantine-primary-color-filled)"
            >
              <title>{`${dateOf(day.day)}: ${day.pulls}`}</title>
            </rect>
          );
        })}
      </svg>
      <Group justify="space-between">
        <Text size="sm">{dateOf(from)}</Text>
        <Text size="sm">{dateOf(to)}</Text>
      </Group>
    </Stack>
  );
}
