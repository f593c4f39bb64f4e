import { Button, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client.js';
import { useChange, useList } from '../api/queries.js';
import { DataList } from './data-list.js';
import { Empty } from './empty.js';
import { ErrorBox } from './error-box.js';
import { Time } from './time.js';

/** Clients that keep a login of a user (refresh tokens). Each can be ended. */
export function KeptLogins({ user }: { user: number }) {
  const { t } = useTranslation();
  const key = ['users', user, 'refresh_tokens'] as const;
  const query = useList(key, (signal) =>
    api.GET('/api/v1/users/{id}/refresh_tokens', { params: { path: { id: user } }, signal }),
  );
  const end = useChange(
    (id: number) => api.DELETE('/api/v1/users/refresh_tokens/{id}', { params: { path: { id } } }),
    [key],
  );
  return (
    <>
      <Title order={2} size="h3">
        {t('sessions.clients')}
      </Title>
      {end.error && <ErrorBox error={end.error} />}
      <DataList
        label={t('sessions.clients')}
        query={query}
        keyOf={({ id }) => id}
        search={{}}
        onSearch={() => undefined}
        empty={<Empty text={t('sessions.noClients')} />}
        columns={[
          { title: t('sessions.client'), cell: ({ client_id }) => client_id },
          { title: t('users.state'), cell: ({ state }) => t(`sessions.states.${state}`) },
          { title: t('sessions.used'), cell: ({ last_used_at }) => <Time at={last_used_at} /> },
          {
            title: t('sessions.end'),
            quiet: true,
            cell: ({ id, client_id }) => (
              <Button
                size="xs"
                variant="subtle"
                color="red"
                aria-label={t('sessions.endOf', { name: client_id })}
                onClick={() => end.mutate(id)}
              >
                {t('sessions.end')}
              </Button>
            ),
          },
        ]}
      />
    </>
  );
}
