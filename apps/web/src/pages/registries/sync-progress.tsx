import { Badge, Progress, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';

type Run = Answered<'SyncRun'>;

const COLORS: Record<Run['state'], string> = {
  queued: 'gray',
  running: 'blue',
  waiting: 'orange',
  done: 'teal',
  held: 'orange',
  failed: 'red',
  cancelled: 'gray',
};

/** Where a run stands, in a word. */
export function SyncState({ of }: { of: Run['state'] }) {
  const { t } = useTranslation();
  return <Badge color={COLORS[of]}>{t(`syncs.states.${of}`)}</Badge>;
}

/** How far a run is, and how long it will take; of one that has ended, what came of it. */
export function SyncProgress({ run }: { run: Run }) {
  const { t } = useTranslation();
  const { done, total, total_is_final, failed, eta } = run.progress;
  const text = t(total_is_final ? 'syncs.progress' : 'syncs.growing', { done, total });
  return (
    <Stack gap={4}>
      {isUnderWay(run) && (
        <Progress value={total === 0 ? 0 : (100 * done) / total} aria-label={text} animated={false} />
      )}
      <Text size="sm">
        {text}
        {isUnderWay(run) && eta !== null && `, ${t('syncs.left', { seconds: eta })}`}
        {failed > 0 && `, ${t('syncs.failed', { count: failed })}`}
      </Text>
      {run.outcome !== null && <Text size="sm">{run.outcome}</Text>}
    </Stack>
  );
}

/** Whether it will go on by itself. */
export function isUnderWay({ state }: Pick<Run, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}
