import { Group, Text, Title } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { useMe } from '../../api/session.js';
import { ApplicationTokens } from '../../parts/application-tokens.js';
import { Facts } from '../../parts/facts.js';
import { KeptLogins } from '../../parts/kept-logins.js';
import { Loading } from '../../parts/loading.js';
import { PageError } from '../../parts/page-error.js';
import { Page } from '../../parts/page.js';
import { Time } from '../../parts/time.js';
import { EditUser } from './edit-user.js';
import { UserActivities } from './user-activities.js';
import { UserActs } from './user-acts.js';
import { UserMarks } from './user-marks.js';

/** One user: who that is, with which tokens and logins, and what they did; for administrators. */
export function User() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const id = Number(useParams({ from: '/signed-in/admin/users/$id' }).id);
  const query = useOne(['users', id], (signal) =>
    api.GET('/api/v1/users/{id}', { params: { path: { id: String(id) } }, signal }),
  );
  if (query.error) return <PageError error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const user = query.data;
  const leave = () => void navigate({ to: user.bot ? '/admin/bots' : '/admin/users' });
  return (
    <Page
      title={user.username}
      acts={
        <>
          <EditUser user={user} />
          <UserActs user={user} onDeleted={leave} />
        </>
      }
    >
      <Facts
        facts={[
          [
            t('users.state'),
            <Group key="state" gap={4}>
              {user.enabled && user.locked_at === null && t('users.enabled')}
              <UserMarks of={user} />
            </Group>,
          ],
          [t('profile.email'), user.email ?? t('unknown')],
          [t('profile.displayName'), user.display_name ?? '–'],
          [t('users.created'), <Time key="created" at={user.created_at} />],
          ...(user.bot ? [] : [[t('users.lastSignIn'), <Time key="seen" at={user.current_sign_in_at} />] as const]),
        ]}
      />
      <Title order={2} size="h3">
        {t('profile.tabs.tokens')}
      </Title>
      {user.bot || user.id === me?.id ? (
        <ApplicationTokens user={user.id} username={user.username} />
      ) : (
        <Text>{t('users.tokensTheirs')}</Text>
      )}
      {!user.bot && <KeptLogins user={user.id} />}
      <UserActivities user={user.id} />
    </Page>
  );
}
