import { Anchor, Button, Group, TextInput, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useList, useOne } from '../../api/queries.js';
import { DataList } from '../../parts/data-list.js';
import { DeleteButton } from '../../parts/delete-button.js';
import { DescriptionEditor } from '../../parts/description-editor.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { PAGE, usePlace } from '../../parts/list-places.js';
import { Loading } from '../../parts/loading.js';
import { PageError } from '../../parts/page-error.js';
import { Page } from '../../parts/page.js';
import { Time } from '../../parts/time.js';
import { WhatGoes } from '../../parts/what-goes.js';
import { NewNamespace } from '../namespaces/new-namespace.js';
import { Visibility } from '../namespaces/visibility.js';
import { Members } from './members.js';

/** One team: who is in it with which role, and which namespaces are its. */
export function Team() {
  const { t } = useTranslation();
  const id = Number(useParams({ from: '/signed-in/teams/$id' }).id);
  const path = { id };
  const [asked, namespace] = useDisclosure();
  const team = useOne(['teams', id], (signal) => api.GET('/api/v1/teams/{id}', { params: { path }, signal }));
  const describe = useChange(
    (description: string) => api.PUT('/api/v1/teams/{id}', { params: { path }, body: { team: { description } } }),
    [['teams']],
  );
  if (team.error) return <PageError error={team.error} onRetry={() => void team.refetch()} />;
  if (!team.data) return <Loading />;
  const { name, description, updatable, destroyable } = team.data;
  return (
    <Page title={name} acts={destroyable ? <DeleteTeam id={id} name={name} /> : null}>
      {describe.error && <ErrorBox error={describe.error} />}
      <DescriptionEditor
        text={description}
        changeable={updatable}
        saving={describe.isPending}
        onSave={(text) => describe.mutateAsync(text)}
      />
      <Members team={id} changeable={updatable} />
      <Group justify="space-between">
        <Title order={2} size="h3">
          {t('namespaces.title')}
        </Title>
        {updatable && <Button onClick={namespace.open}>{t('namespaces.new')}</Button>}
      </Group>
      <NewNamespace team={name} opened={asked} onClose={namespace.close} />
      <TeamNamespaces team={id} />
    </Page>
  );
}

/** Where the team's images are. */
function TeamNamespaces({ team }: { team: number }) {
  const { t } = useTranslation();
  const [place, go] = usePlace('namespaces');
  const query = useList(['teams', team, 'namespaces', place], (signal) =>
    api.GET('/api/v1/teams/{id}/namespaces', {
      params: { path: { id: team }, query: { ...PAGE, ...(place.page && { page: place.page }) } },
      signal,
    }),
  );
  return (
    <DataList
      label={t('namespaces.title')}
      query={query}
      keyOf={({ id }) => id}
      search={place}
      onSearch={go}
      empty={<Empty text={t('teams.noNamespaces')} />}
      columns={[
        {
          title: t('namespaces.name'),
          cell: ({ id, name }) => (
            <Anchor component={Link} to={`/namespaces/${id}`}>
              {name}
            </Anchor>
          ),
        },
        { title: t('namespaces.visibility'), cell: ({ visibility }) => <Visibility of={visibility} /> },
        { title: t('namespaces.created'), cell: ({ created_at }) => <Time at={created_at} /> },
      ]}
    />
  );
}

function DeleteTeam({ id, name }: { id: number; name: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [heir, setHeir] = useState('');
  const remove = useChange(
    () =>
      api.DELETE('/api/v1/teams/{id}', {
        params: { path: { id } },
        body: heir.trim() === '' ? {} : { new_team: heir.trim() },
      }),
    [['teams'], ['namespaces']],
  );
  return (
    <DeleteButton
      title={t('teams.delete', { name })}
      name={name}
      change={remove}
      onConfirm={() => remove.mutate(undefined, { onSuccess: () => void navigate({ to: '/teams' }) })}
    >
      <TextInput
        label={t('teams.heir')}
        description={t('teams.heirHint')}
        value={heir}
        onChange={(event) => setHeir(event.currentTarget.value)}
      />
      {heir.trim() === '' && <Preview id={id} />}
    </DeleteButton>
  );
}

function Preview({ id }: { id: number }) {
  const preview = useOne(['teams', id, 'deletion'], (signal) =>
    api.GET('/api/v1/teams/{id}/deletion', { params: { path: { id } }, signal }),
  );
  return preview.data ? <WhatGoes {...preview.data} /> : null;
}
