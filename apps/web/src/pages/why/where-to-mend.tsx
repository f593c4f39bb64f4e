import { Anchor, List, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList, useOne } from '../../api/queries.js';

/** The pages on which a refusal can be mended: the namespace, which may be opened, and its team, which may get a member. */
export function WhereToMend({ namespace }: { namespace: string }) {
  const found = useList(['search', 'namespace', namespace], (signal) =>
    api.GET('/api/v1/search', { params: { query: { search: namespace, type: 'namespace' } }, signal }),
  );
  const known = found.data?.items.find(({ name }) => name === namespace);
  return known === undefined ? null : <Places id={known.id} />;
}

function Places({ id }: { id: number }) {
  const { t } = useTranslation();
  const { data } = useOne(['namespaces', id], (signal) =>
    api.GET('/api/v1/namespaces/{id}', { params: { path: { id } }, signal }),
  );
  if (!data?.updatable) return null;
  return (
    <Stack gap={4}>
      <Text fw={600}>{t('why.mend')}</Text>
      <List>
        {!data.team.hidden && (
          <List.Item>
            <Anchor component={Link} to={`/teams/${data.team.id}`}>
              {t('why.team', { name: data.team.name })}
            </Anchor>
          </List.Item>
        )}
        <List.Item>
          <Anchor component={Link} to={`/namespaces/${id}`}>
            {t('why.namespace', { name: data.name })}
          </Anchor>
        </List.Item>
      </List>
    </Stack>
  );
}
