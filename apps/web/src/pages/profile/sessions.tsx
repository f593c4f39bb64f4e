import { Badge, Button, Stack, Table, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Time } from '../../parts/time.js';

/** Where one is signed in: browsers, and clients that keep a login. Each can be ended. */
export function Sessions({ user }: { user: number }) {
  const { t } = useTranslation();
  const sessions = useList(['sessions'], (signal) => api.GET('/api/v1/sessions', { signal }));
  const logins = useList(['users', user, 'refresh_tokens'], (signal) =>
    api.GET('/api/v1/users/{id}/refresh_tokens', { params: { path: { id: user } }, signal }),
  );
  const end = useChange(
    (id: number) => api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } }),
    [['sessions']],
  );
  const revoke = useChange(
    (id: number) => api.DELETE('/api/v1/users/refresh_tokens/{id}', { params: { path: { id } } }),
    [['users', user, 'refresh_tokens']],
  );
  const error = sessions.error ?? logins.error ?? end.error ?? revoke.error;
  return (
    <Stack>
      {error && <ErrorBox error={error} />}
      <Title order={2} size="h3">
        {t('sessions.browsers')}
      </Title>
      <Table aria-label={t('sessions.browsers')}>
        <Table.Tbody>
          {sessions.data?.items.map((session) => (
            <Table.Tr key={session.id}>
              <Table.Td>
                {session.user_agent.slice(0, 80)}{' '}
                {session.current && <Badge variant="light">{t('sessions.this')}</Badge>}
              </Table.Td>
              <Table.Td>{session.address}</Table.Td>
              <Table.Td>
                <Time at={session.last_used_at} />
              </Table.Td>
              <Table.Td>
                {!session.current && (
                  <Button size="xs" variant="subtle" color="red" onClick={() => end.mutate(session.id)}>
                    {t('sessions.end')}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Title order={2} size="h3">
        {t('sessions.clients')}
      </Title>
      <Table aria-label={t('sessions.clients')}>
        <Table.Tbody>
          {logins.data?.items.map((login) => (
            <Table.Tr key={login.id}>
              <Table.Td>{login.client_id}</Table.Td>
              <Table.Td>{t(`sessions.states.${login.state}`)}</Table.Td>
              <Table.Td>
                <Time at={login.last_used_at} />
              </Table.Td>
              <Table.Td>
                <Button size="xs" variant="subtle" color="red" onClick={() => revoke.mutate(login.id)}>
                  {t('sessions.end')}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}
