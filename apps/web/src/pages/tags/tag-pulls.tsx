import { Group, Paper, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Loading } from '../../parts/loading.js';
import { everyDay } from './every-day.js';

const HEIGHT = 160;
const BAR = 20;
const GAP = 3;
/** A single pull beside thousands is to be seen too. */
const LOWEST = 3;

/** Pulls per day, as bars; the numbers are there for those who cannot see them. */
export function TagPulls({ id }: { id: number }) {
  const { t, i18n } = useTranslation();
  const query = useOne(['tags', id, 'pulls'], (signal) =>
    api.GET('/api/v1/tags/{id}/pulls', { params: { path: { id } }, signal }),
  );
  if (query.error) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const { pulls, from, to } = query.data;
  const days = everyDay(from, to, query.data.days);
  const most = Math.max(...days.map((day) => day.pulls));
  const dateOf = (day: string) =>
    new Date(`${day}T12:00:00`).toLocaleDateString(i18n.language, { dateStyle: 'medium' });
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Group justify="space-between">
          <Text fw={600}>{t('pulls.total', { count: pulls })}</Text>
          {pulls > 0 && (
            <Text size="sm" c="dimmed">
              {t('pulls.most', { count: most })}
            </Text>
          )}
        </Group>
        <Bars
          days={days}
          most={most}
          dateOf={dateOf}
          label={t('pulls.chart', { from: dateOf(from), to: dateOf(to), most })}
        />
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {dateOf(from)}
          </Text>
          <Text size="sm" c="dimmed">
            {dateOf(to)}
          </Text>
        </Group>
      </Stack>
    </Paper>
  );
}

interface BarsProps {
  days: ReturnType<typeof everyDay>;
  most: number;
  label: string;
  dateOf: (day: string) => string;
}

function Bars({ days, most, label, dateOf }: BarsProps) {
  const width = Math.max(1, days.length) * BAR;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      width="100%"
      height={HEIGHT}
      preserveAspectRatio="none"
    >
      {days.map(({ day, pulls }, index) => {
        const height = pulls === 0 ? 0 : Math.max(LOWEST, (pulls / most) * (HEIGHT - 2));
        return (
          <g key={day}>
            <title>{`${dateOf(day)}: ${pulls}`}</title>
            {/* All of the day is there to be pointed at. */}
            <rect x={index * BAR} y={0} width={BAR} height={HEIGHT} fill="transparent" />
            <rect
              x={index * BAR + GAP}
              y={HEIGHT - height - 1}
              width={BAR - 2 * GAP}
              height={height}
              fill="var(--mantine-primary-color-filled)"
            />
          </g>
        );
      })}
      <rect x={0} y={HEIGHT - 1} width={width} height={1} fill="var(--mantine-color-default-border)" />
    </svg>
  );
}
