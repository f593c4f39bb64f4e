import { Badge, Progress, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../libs/client/src/client.js';

const COLORS = { queued: 'gray', running: 'blue', done: 'teal', incomplete: 'orange' } as const;

/** Whether there is nothing more to come of it. */
export function isOver(state: Answered<'Deletion'>['state']): boolean {
  return state === 'done' || state === 'incomplete';
}

/** How far a deletion is. */
export function DeletionState({ of: { state, gone, failed, total } }: { of: Answered<'Deletion'> }) {
  const { t } = useTranslation();
  const counts = t('deletions.progress', { gone, total });
  return (
    <Stack gap={4} miw={160}>
      <Badge color={COLORS[state]}>{t(`deletions.states.${state}`)}</Badge>
      {!isOver(state) && (
        <Progress value={total === 0 ? 0 : ((gone + failed) / total) * 100} aria-label={counts} animated />
      )}
      <Text size="sm">{counts}</Text>
    </Stack>
  );
}
