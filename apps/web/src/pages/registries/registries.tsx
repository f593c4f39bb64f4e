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
import { RegistryForm } from './registry-form.js';

/** The registries that Portus stands beside; for administrators. */
export function Registries() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/admin/registries' });
  const navigate = useNavigate({ from: '/admin/registries' });
  const [opened, modal] = useDisclosure();
  const query = useList(['registries', search], (signal) =>
    api.GET('/api/v1/registries', { params: { query: apiQuery(search) }, signal }),
  );
  return (
    <Page title={t('registries.title')} acts={<Button onClick={modal.open}>{t('registries.new')}</Button>}>
      {opened && <RegistryForm of={null} onClose={modal.close} />}
      <DataList
        label={t('registries.title')}
        query={query}
        keyOf={({ id }) => id}
        search={search}
        onSearch={(next) => void navigate({ search: next })}
        empty={
          <Empty text={t('registries.empty')}>
            <Button renderRoot={(props) => <Link to="/start" {...props} />}>{t('registries.connect')}</Button>
          </Empty>
        }
        columns={[
          {
            title: t('registries.name'),
            sort: 'name',
            cell: ({ id, name }) => (
              <Anchor component={Link} to={`/admin/registries/${id}`}>
                {name}
              </Anchor>
            ),
          },
          { title: t('registries.hostname'), cell: ({ hostname }) => hostname },
          { title: t('registries.external'), cell: ({ external_hostname }) => external_hostname },
          { title: t('registries.equal'), cell: ({ digests_equal_at }) => <Time at={digests_equal_at} /> },
          {
            title: t('registries.problem'),
            cell: ({ problem }) => (problem === null ? t('registries.noProblem') : problem.message),
          },
        ]}
      />
    </Page>
  );
}
