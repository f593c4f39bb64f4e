import { Alert, Anchor, Group, Loader, Text } from '@mantine/core';
import { type QueryKey, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../api/client.js';
import { isOver } from './deletion-state.js';

interface Props {
  id: number;
  outdates: readonly QueryKey[];
  onDone: () => void;
}

/** A deletion at work, to its end; what it could not delete stays to be read. */
export function DeletionProgress({ id, outdates, onDone }: Props) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const { data } = useQuery({
    queryKey: ['deletions', id],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/deletions/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data && isOver(state.data.state) ? false : 700),
  });
  const over = data !== undefined && isOver(data.state);
  useEffect(() => {
    if (!over) return;
    for (const queryKey of outdates) void cache.invalidateQueries({ queryKey });
    if (data.state === 'done') onDone();
    // Once, when it ends: what it outdates is the same all along.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [over]);
  if (!data) return null;
  if (data.state === 'incomplete') {
    return (
      <Alert color="orange" title={t('deletions.incomplete', { failed: data.failed, total: data.total })}>
        {data.outcome}
      </Alert>
    );
  }
  return (
    <Group gap="xs" role="status">
      {!over && <Loader size="xs" />}
      <Text size="sm">{t('deletions.progress', { gone: data.gone, total: data.total })}</Text>
      <Anchor component={Link} to={`/deletions/${id}`} inherit={false} size="sm">
        {t('deletions.follow')}
      </Anchor>
    </Group>
  );
}
