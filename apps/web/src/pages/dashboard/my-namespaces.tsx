import { Anchor, Badge, Group, List, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Box } from './box.js';

/** Of one page of the list, those in whose team one is. */
const LOOKED_AT = 100;
const SHOWN = 10;

/** Where this person's images are. */
export function MyNamespaces() {
  const { t } = useTranslation();
  const query = useList(['namespaces', 'mine'], (signal) =>
    api.GET('/api/v1/namespaces', { params: { query: { per_page: LOOKED_AT } }, signal }),
  );
  const mine = query.data?.items.filter(({ permissions }) => permissions.role !== null).slice(0, SHOWN);
  return (
    <Box title={t('mine.title')}>
      {query.error && <ErrorBox error={query.error} onRetry={() => void query.refetch()} />}
      {mine?.length === 0 && <Text>{t('mine.none')}</Text>}
      <List listStyleType="none">
        {mine?.map(({ id, name, permissions }) => (
          <List.Item key={id}>
            <Group gap={6}>
              <Anchor component={Link} to={`/namespaces/${id}`}>
                {name}
              </Anchor>
              <Badge variant="light" color="gray">
                {permissions.role}
              </Badge>
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
