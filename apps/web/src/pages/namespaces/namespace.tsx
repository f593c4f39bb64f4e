import { SegmentedControl, Title } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useList, useOne } from '../../api/queries.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Facts } from '../../parts/facts.js';
import { Loading } from '../../parts/loading.js';
import { Page } from '../../parts/page.js';
import { Time } from '../../parts/time.js';
import { DescriptionEditor } from '../../parts/description-editor.js';
import { RepositoryTable } from '../repositories/repository-table.js';
import { DeleteNamespace } from './delete-namespace.js';
import { Visibility, VISIBILITIES, type VisibilityName } from './visibility.js';

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
    api.GET('/api/v1/namespaces/{id}/repositories', { params: { path: { id } }, signal }),
  );
  const change = useChange(
    (changes: { visibility?: VisibilityName; description?: string }) =>
      api.PUT('/api/v1/namespaces/{id}', { params: { path: { id } }, body: { namespace: changes } }),
    [['namespaces']],
  );
  if (namespace.error) return <ErrorBox error={namespace.error} onRetry={() => void namespace.refetch()} />;
  if (!namespace.data) return <Loading />;
  const { name, team, visibility, created_at, description, global } = namespace.data;
  return (
    <Page title={name} acts={global ? null : <DeleteNamespace id={id} name={name} />}>
      {change.error && <ErrorBox error={change.error} />}
      <Facts
        facts={[
          [t('namespaces.team'), team.hidden ? t('namespaces.ofOnePerson') : team.name],
          [t('namespaces.visibility'), <Visibility key="visibility" of={visibility} />],
          [t('namespaces.created'), <Time key="created" at={created_at} />],
        ]}
      />
      <SegmentedControl
        aria-label={t('namespaces.whoMayPull')}
        value={visibility}
        disabled={change.isPending}
        onChange={(value) => change.mutate({ visibility: value as VisibilityName })}
        data={VISIBILITIES.map((value) => ({ value, label: t(`visibility.means.${value}`) }))}
        w="fit-content"
      />
      <DescriptionEditor
        text={description}
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
        empty={<Empty text={t('namespaces.noRepositories', { name })} />}
      />
    </Page>
  );
}
