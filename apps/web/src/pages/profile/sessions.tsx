import { Badge, Button, Group, Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { KeptLogins } from '../../parts/kept-logins.js';
import { Time } from '../../parts/time.js';
import { shortAgent } from './short-agent.js';

/** Where one is signed in: browsers, and clients that keep a login. Each can be ended. */
export function Sessions({ user }: { user: number }) {
  const { t } = useTranslation();
  const query = useList(['sessions'], (signal) => api.GET('/api/v1/sessions', { signal }));
  const end = useChange(
    (id: number) => api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } }),
    [['sessions']],
  );
  return (
    <Stack>
      <Title order={2} size="h3">
        {t('sessions.browsers')}
      </Title>
      {end.error && <ErrorBox error={end.error} />}
      <DataList
        label={t('sessions.browsers')}
        query={query}
        keyOf={({ id }) => id}
        search={{}}
        onSearch={() => undefined}
        empty={<Empty text={t('sessions.noClients')} />}
        columns={[
          {
            title: t('sessions.browser'),
            cell: ({ user_agent, current }) => (
              <Group gap={6}>
                <span title={user_agent}>{shortAgent(user_agent)}</span>
                {current && <Badge variant="light">{t('sessions.this')}</Badge>}
              </Group>
            ),
          },
          { title: t('activities.from'), cell: ({ address }) => address },
          { title: t('sessions.used'), cell: ({ last_used_at }) => <Time at={last_used_at} /> },
          {
            title: t('sessions.end'),
            quiet: true,
            cell: ({ id, current, user_agent }) =>
              !current && (
                <Button
                  size="xs"
                  variant="subtle"
                  color="red"
                  aria-label={t('sessions.endOf', { name: shortAgent(user_agent) })}
                  onClick={() => end.mutate(id)}
                >
                  {t('sessions.end')}
                </Button>
              ),
          },
        ]}
      />
      <KeptLogins user={user} />
    </Stack>
  );
}
