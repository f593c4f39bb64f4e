import { useTranslation } from 'react-i18next';
import { api } from '../api/client.js';
import { useChange, useList } from '../api/queries.js';
import { PAGE, usePlace } from './list-places.js';
import { SignOutList } from './sign-out-list.js';

/** Clients that keep a login of a user (refresh tokens). Each can be ended. */
export function KeptLogins({ user }: { user: number }) {
  const { t } = useTranslation();
  const [place] = usePlace('logins');
  const key = ['users', user, 'refresh_tokens'] as const;
  const query = useList([...key, place], (signal) =>
    api.GET('/api/v1/users/{id}/refresh_tokens', {
      params: { path: { id: user }, query: { ...PAGE, ...place } },
      signal,
    }),
  );
  const end = useChange(
    (id: number) => api.DELETE('/api/v1/users/refresh_tokens/{id}', { params: { path: { id } } }),
    [key],
  );
  return (
    <SignOutList
      title={t('sessions.clients')}
      empty={t('sessions.noClients')}
      place="logins"
      query={query}
      end={end}
      nameOf={({ client_id }) => client_id}
      columns={[
        { title: t('sessions.client'), cell: ({ client_id }) => client_id },
        { title: t('users.state'), cell: ({ state }) => t(`sessions.states.${state}`) },
      ]}
    />
  );
}
