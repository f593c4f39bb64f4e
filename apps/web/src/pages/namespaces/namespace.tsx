import { Anchor, SegmentedControl, Text, Title } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useList, useOne } from '../../api/queries.js';
import { PushCommands } from '../../parts/client-commands.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Facts } from '../../parts/facts.js';
import { apiQuery } from '../../parts/list-search.js';
import { Loading } from '../../parts/loading.js';
import { PageError } from '../../parts/page-error.js';
import { Page } from '../../parts/page.js';
import { Time } from '../../parts/time.js';
import { DescriptionEditor } from '../../parts/description-editor.js';
import { RepositoryTable } from '../repositories/repository-table.js';
import { DeleteNamespace } from './delete-namespace.js';
import { Visibility, VISIBILITIES, type VisibilityName } from './visibility.js';

/** Without a number the api answers all of them. */
const PER_PAGE = 25;

/** One namespace: whose it is, who may pull from it, and what is in it. */
export function Namespace() {
  const { t } = useTranslation();
  const { id: text } = useParams({ from: '/signed-in/namespaces/$id' });
  const id = Number(text);
  const search = useSearch({ from: '/signed-in/namespaces/$id' });
  const navigate = useNavigate({ from: '/namespaces/$id' });
  const namespace = useOne(['namespaces', id], (signal) =>
    api.GET('/api/v1/namespaces/{id}', { params: { path: { id } }, signal }),
  );
  const repositories = useList(['namespaces', id, 'repositories', search], (signal) =>
    api.GET('/api/v1/namespaces/{id}/repositories', {
      params: { path: { id }, query: { per_page: PER_PAGE, ...apiQuery(search) } },
      signal,
    }),
  );
  const change = useChange(
    (changes: { visibility?: VisibilityName; description?: string }) =>
      api.PUT('/api/v1/namespaces/{id}', { params: { path: { id } }, body: { namespace: changes } }),
    [['namespaces']],
  );
  if (namespace.error) return <PageError error={namespace.error} onRetry={() => void namespace.refetch()} />;
  if (!namespace.data) return <Loading />;
  const { name, team, visibility, created_at, description, global, registry_hostname: host } = namespace.data;
  const { updatable, destroyable, permissions } = namespace.data;
  return (
    <Page title={name} acts={destroyable && !global ? <DeleteNamespace id={id} name={name} /> : null}>
      {change.error && <ErrorBox error={change.error} />}
      <Facts
        facts={[
          [t('namespaces.team'), <TeamOf key="team" team={team} />],
          [t('namespaces.visibility'), <Visibility key="visibility" of={visibility} />],
          [t('namespaces.created'), <Time key="created" at={created_at} />],
        ]}
      />
      {team.hidden && !global && updatable && <Text>{t('namespaces.personal')}</Text>}
      <SegmentedControl
        aria-label={t('namespaces.whoMayPull')}
        value={visibility}
        disabled={change.isPending || !permissions.visibility}
        onChange={(value) => change.mutate({ visibility: value as VisibilityName })}
        data={VISIBILITIES.map((value) => ({ value, label: t(`visibility.means.${value}`) }))}
        w="fit-content"
      />
      <DescriptionEditor
        text={description}
        changeable={updatable}
        saving={change.isPending}
        onSave={(text) => change.mutateAsync({ description: text })}
      />
      <Title order={2} size="h3">
        {t('repositories.title')}
      </Title>
      <RepositoryTable
        query={repositories}
        search={search}
        onSearch={(next) => void navigate({ search: next })}
        empty={
          <Empty text={t('namespaces.noRepositories')}>
            {permissions.push && <PushCommands place={`${host}/${global ? '' : `${name}/`}IMAGE`} />}
          </Empty>
        }
      />
    </Page>
  );
}

function TeamOf({ team }: { team: { id: number; name: string; hidden: boolean } }) {
  const { t } = useTranslation();
  if (team.hidden) return t('namespaces.ofOnePerson');
  return (
    <Anchor component={Link} to={`/teams/${team.id}`}>
      {team.name}
    </Anchor>
  );
}
