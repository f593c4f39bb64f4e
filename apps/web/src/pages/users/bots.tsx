import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { apiQuery } from '../../parts/list-search.js';
import { Page } from '../../parts/page.js';
import { NewUser } from './new-user.js';
import { UserList } from './user-list.js';

/** Users that are programs; for administrators, who also hold their tokens. */
export function Bots() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/admin/bots' });
  const navigate = useNavigate({ from: '/admin/bots' });
  const [opened, modal] = useDisclosure();
  const query = useList(['users', 'bots', search], (signal) =>
    api.GET('/api/v1/users', { params: { query: { ...apiQuery(search), bot: 'true' } }, signal }),
  );
  return (
    <Page title={t('bots.title')} acts={<Button onClick={modal.open}>{t('bots.new')}</Button>}>
      <Text>{t('bots.intro')}</Text>
      <NewUser bot opened={opened} onClose={modal.close} />
      <UserList
        label={t('bots.title')}
        empty={t('bots.empty')}
        query={query}
        search={search}
        onSearch={(next) => void navigate({ search: next })}
      />
    </Page>
  );
}
