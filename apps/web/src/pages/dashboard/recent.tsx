import { Anchor, Group, List, Text } from '@mantine/core';
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
      <List listStyleType="none">
        {query.data?.items.map(({ id, key, owner, trackable, created_at }) => (
          <List.Item key={id}>
            <Group gap={6}>
              <b>{owner?.name ?? t('unknown')}</b> <code>{key}</code> {trackable.name} <Time at={created_at} />
            </Group>
          </List.Item>
        ))}
      </List>
      <Anchor component={Link} to="/admin/activities">
        {t('recent.all')}
      </Anchor>
    </Box>
  );
}
