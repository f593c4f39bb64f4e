import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { apiQuery } from '../../parts/list-search.js';
import { Page } from '../../parts/page.js';
import { NewUser } from './new-user.js';
import { UserList } from './user-list.js';

/** All users, also bots; for administrators. */
export function Users() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/admin/users' });
  const navigate = useNavigate({ from: '/admin/users' });
  const [opened, modal] = useDisclosure();
  const query = useList(['users', 'list', search], (signal) =>
    api.GET('/api/v1/users', { params: { query: apiQuery(search) }, signal }),
  );
  return (
    <Page title={t('users.title')} acts={<Button onClick={modal.open}>{t('users.new')}</Button>}>
      <NewUser bot={false} opened={opened} onClose={modal.close} />
      <UserList
        label={t('users.title')}
        empty={t('users.empty')}
        query={query}
        search={search}
        onSearch={(next) => void navigate({ search: next })}
      />
    </Page>
  );
}
