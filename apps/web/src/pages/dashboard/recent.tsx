import { Anchor, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Time } from '../../parts/time.js';
import { Box } from './box.js';

/** What happened last, of what this person may know. */
export function Recent() {
  const { t } = useTranslation();
  const query = useList(
    ['activities', 'recent'],
    (signal) => api.GET('/api/v1/activities', { params: { query: { per_page: 8 } }, signal }),
    { every: 15_000 },
  );
  return (
    <Box title={t('recent.title')}>
      {query.error && <ErrorBox error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.items.length === 0 && <Text>{t('recent.none')}</Text>}
      <Stack component="ul" gap={4} m={0} p={0} style={{ listStyle: 'none' }}>
        {query.data?.items.map(({ id, key, owner, trackable, created_at }) => (
          <Group key={id} component="li" gap="xs" wrap="nowrap" justify="space-between" align="flex-start">
            <Text lineClamp={4} title={trackable.name}>
              <b>{owner?.name ?? t('unknown')}</b> <code>{key}</code> {trackable.name}
            </Text>
            <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
              <Time at={created_at} />
            </Text>
          </Group>
        ))}
      </Stack>
      <Anchor component={Link} to="/admin/activities">
        {t('recent.all')}
      </Anchor>
    </Box>
  );
}
