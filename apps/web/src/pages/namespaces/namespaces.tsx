import { Anchor, Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { apiQuery } from '../../parts/list-search.js';
import { Page } from '../../parts/page.js';
import { Time } from '../../parts/time.js';
import { NewNamespace } from './new-namespace.js';
import { Visibility } from './visibility.js';

/** All namespaces that this person may see. */
export function Namespaces() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/namespaces' });
  const navigate = useNavigate({ from: '/namespaces' });
  const [opened, modal] = useDisclosure();
  const query = useList(['namespaces', search], (signal) =>
    api.GET('/api/v1/namespaces', { params: { query: apiQuery(search) }, signal }),
  );
  return (
    <Page title={t('namespaces.title')} acts={<Button onClick={modal.open}>{t('namespaces.new')}</Button>}>
      <NewNamespace opened={opened} onClose={modal.close} />
      <DataList
        filtered
        label={t('namespaces.title')}
        query={query}
        keyOf={({ id }) => id}
        search={search}
        onSearch={(next) => void navigate({ search: next })}
        empty={<Empty text={t('namespaces.empty')} />}
        columns={[
          {
            title: t('namespaces.name'),
            sort: 'name',
            cell: ({ id, name }) => (
              <Anchor component={Link} to={`/namespaces/${id}`}>
                {name}
              </Anchor>
            ),
          },
          { title: t('namespaces.team'), cell: ({ team }) => (team.hidden ? t('namespaces.ofOnePerson') : team.name) },
          { title: t('namespaces.visibility'), cell: ({ visibility }) => <Visibility of={visibility} /> },
          { title: t('namespaces.created'), sort: 'created_at', cell: ({ created_at }) => <Time at={created_at} /> },
        ]}
      />
    </Page>
  );
}
