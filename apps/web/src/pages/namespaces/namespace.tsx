import { Anchor, SegmentedControl, Stack, Text } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange, useList, useOne } from '../../api/queries.js';
import { useMe } from '../../api/session.js';
import { PushCommands } from '../../parts/client-commands.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Facts } from '../../parts/facts.js';
import { apiQuery } from '../../parts/list-search.js';
import { Loading } from '../../parts/loading.js';
import { PageError } from '../../parts/page-error.js';
import { Page } from '../../parts/page.js';
import { PageTabs } from '../../parts/page-tabs.js';
import { Time } from '../../parts/time.js';
import { DescriptionEditor } from '../../parts/description-editor.js';
import { RepositoryTable } from '../repositories/repository-table.js';
import { Plan } from '../retention/plan.js';
import { Rules } from '../retention/rules.js';
import { Risks } from '../risks/risks.js';
import { Webhooks } from '../webhooks/webhooks.js';
import { DeleteNamespace } from './delete-namespace.js';
import { type NamespaceSearch, type NamespaceTab, TABS } from './namespace-search.js';
import { Visibility, VISIBILITIES, type VisibilityName } from './visibility.js';

/** Without a number the api answers all of them. */
const PER_PAGE = 25;

/** One namespace: whose it is, who may pull from it, and what is in it. */
export function Namespace() {
  const { t } = useTranslation();
  const { id: text } = useParams({ from: '/signed-in/namespaces/$id' });
  const id = Number(text);
  const namespace = useOne(['namespaces', id], (signal) =>
    api.GET('/api/v1/namespaces/{id}', { params: { path: { id } }, signal }),
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
      <NamespaceTabs of={namespace.data} host={host} />
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

function NamespaceTabs({ of, host }: { of: Answered<'Namespace'>; host: string }) {
  const { id, name, permissions } = of;
  const { t } = useTranslation();
  const me = useMe();
  const owns = me?.admin === true || permissions.role === 'owner';
  const search = useSearch({ from: '/signed-in/namespaces/$id' });
  const navigate = useNavigate({ from: '/namespaces/$id' });
  const go = (next: NamespaceSearch) => void navigate({ search: next });
  const member = owns || permissions.role !== null;
  const shown = TABS.filter((name) => name === 'repositories' || (name === 'retention' ? owns : member));
  const tab = shown.find((name) => name === search.tab) ?? 'repositories';
  const panels: Record<NamespaceTab, ReactNode> = {
    repositories: <Repositories of={of} host={host} />,
    webhooks: (
      <Webhooks
        namespace={id}
        changeable={owns}
        search={search}
        onSearch={(next) => go({ ...next, tab: 'webhooks' })}
      />
    ),
    retention: (
      <Stack gap="xl">
        <Rules namespace={id} />
        <Plan namespace={id} search={search} onSearch={(next) => go({ ...next, tab: 'retention' })} />
      </Stack>
    ),
    risks: (
      <Risks
        place={{ id, name }}
        changeable={owns}
        search={search}
        onSearch={(next) => go({ ...next, tab: 'risks' })}
      />
    ),
  };
  return (
    <PageTabs
      tab={tab}
      titleOf={(one) => t(`namespaces.tabs.${one}`)}
      onTab={(next) => go(next === undefined ? {} : { tab: next })}
      panels={Object.fromEntries(shown.map((one) => [one, panels[one]]))}
    />
  );
}

function Repositories({ of, host }: { of: Answered<'Namespace'>; host: string }) {
  const { id, name, permissions, global } = of;
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/namespaces/$id' });
  const navigate = useNavigate({ from: '/namespaces/$id' });
  const query = { per_page: PER_PAGE, ...apiQuery(search) };
  const repositories = useList(['namespaces', id, 'repositories', query], (signal) =>
    api.GET('/api/v1/namespaces/{id}/repositories', { params: { path: { id }, query }, signal }),
  );
  return (
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
  );
}
