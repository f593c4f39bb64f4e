import { Anchor, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { ActivityTable } from '../activities/activity-table.js';

const LATEST = { per_page: 10 } as const;

/** What a user did last. */
export function UserActivities({ user }: { user: number }) {
  const { t } = useTranslation();
  const query = useList(['activities', 'of user', user], (signal) =>
    api.GET('/api/v1/activities', { params: { query: { ...LATEST, user_id: user } }, signal }),
  );
  const shown = query.data && { ...query, data: { ...query.data, next: null } };
  return (
    <>
      <Title order={2} size="h3">
        {t('activities.title')}
      </Title>
      <ActivityTable query={shown ?? query} search={{}} onSearch={() => undefined} />
      <Anchor renderRoot={(props) => <Link to="/admin/activities" search={{ user }} {...props} />}>
        {t('recent.all')}
      </Anchor>
    </>
  );
}
