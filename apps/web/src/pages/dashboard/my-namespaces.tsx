import { Anchor, Badge, Group, List, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Box } from './box.js';

const SHOWN = 10;

/** Where this person's images are. */
export function MyNamespaces() {
  const { t } = useTranslation();
  const query = useList(['namespaces', 'mine'], (signal) =>
    api.GET('/api/v1/namespaces', { params: { query: { per_page: SHOWN, mine: 'true', sort_attr: 'name' } }, signal }),
  );
  const mine = query.data?.items;
  const several = new Set(mine?.map(({ registry_hostname: host }) => host)).size > 1;
  return (
    <Box title={t('mine.title')}>
      {query.error && <ErrorBox error={query.error} onRetry={() => void query.refetch()} />}
      {mine?.length === 0 && <Text>{t('mine.none')}</Text>}
      <List listStyleType="none">
        {mine?.map(({ id, name, permissions, registry_hostname: host }) => (
          <List.Item key={id}>
            <Group gap={6}>
              <Anchor component={Link} to={`/namespaces/${id}`}>
                {name}
              </Anchor>
              {several && (
                <Text size="sm" c="dimmed">
                  {host}
                </Text>
              )}
              <Badge color="gray">{permissions.role !== null && t(`roles.${permissions.role}`)}</Badge>
            </Group>
          </List.Item>
        ))}
      </List>
      <Anchor component={Link} to="/namespaces">
        {t('mine.all')}
      </Anchor>
    </Box>
  );
}
