import { Badge, Group, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { KeptLogins } from '../../parts/kept-logins.js';
import { PAGE, usePlace } from '../../parts/list-places.js';
import { SignOutList } from '../../parts/sign-out-list.js';
import { shortAgent } from './short-agent.js';

/** Where one is signed in: browsers, and clients that keep a login. Each can be ended. */
export function Sessions({ user }: { user: number }) {
  const { t } = useTranslation();
  const [place] = usePlace('browsers');
  const query = useList(['sessions', place], (signal) =>
    api.GET('/api/v1/sessions', { params: { query: { ...PAGE, ...place } }, signal }),
  );
  const end = useChange(
    (id: number) => api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } }),
    [['sessions']],
  );
  return (
    <Stack>
      <SignOutList
        title={t('sessions.browsers')}
        empty={t('sessions.noBrowsers')}
        place="browsers"
        query={query}
        end={end}
        nameOf={({ current, user_agent }) => (current ? null : shortAgent(user_agent))}
        columns={[
          {
            title: t('sessions.browser'),
            cell: ({ user_agent, current }) => (
              <Group gap={6}>
                <span title={user_agent}>{shortAgent(user_agent)}</span>
                {current && <Badge>{t('sessions.this')}</Badge>}
              </Group>
            ),
          },
          { title: t('activities.from'), cell: ({ address }) => address },
        ]}
      />
      <KeptLogins user={user} />
    </Stack>
  );
}
