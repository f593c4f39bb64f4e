import { Anchor, Group } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import type { Listed } from '../../api/client.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import type { ListSearch } from '../../parts/list-search.js';
import { Time } from '../../parts/time.js';
import { UserActs } from './user-acts.js';
import { UserMarks } from './user-marks.js';

interface Props {
  label: string;
  empty: string;
  query: UseQueryResult<Listed<Answered<'User'>>>;
  search: ListSearch;
  onSearch: (search: ListSearch) => void;
}

/** Users, people or bots, with what can be done to each. */
export function UserList({ label, empty, query, search, onSearch }: Props) {
  const { t } = useTranslation();
  return (
    <DataList
      filtered
      label={label}
      query={query}
      keyOf={({ id }) => id}
      search={search}
      onSearch={onSearch}
      empty={<Empty text={empty} />}
      columns={[
        {
          title: t('signIn.username'),
          sort: 'username',
          cell: (user) => (
            <Group gap={4}>
              <Anchor component={Link} to={`/admin/users/${user.id}`}>
                {user.username}
              </Anchor>
              <UserMarks of={user} />
            </Group>
          ),
        },
        { title: t('profile.email'), sort: 'email', cell: ({ email }) => email },
        { title: t('users.lastSignIn'), cell: ({ current_sign_in_at }) => <Time at={current_sign_in_at} /> },
        { title: t('users.created'), sort: 'created_at', cell: ({ created_at }) => <Time at={created_at} /> },
        { title: t('users.acts'), cell: (user) => <UserActs user={user} /> },
      ]}
    />
  );
}
