import { Anchor, Button, Group, List, TextInput, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useList, useOne } from '../../api/queries.js';
import { ConfirmByName } from '../../parts/confirm.js';
import { DescriptionEditor } from '../../parts/description-editor.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Loading } from '../../parts/loading.js';
import { PageError } from '../../parts/page-error.js';
import { Page } from '../../parts/page.js';
import { WhatGoes } from '../../parts/what-goes.js';
import { NewNamespace } from '../namespaces/new-namespace.js';
import { Members } from './members.js';

/** One team: who is in it with which role, and which namespaces are its. */
export function Team() {
  const { t } = useTranslation();
  const id = Number(useParams({ from: '/signed-in/teams/$id' }).id);
  const path = { id };
  const [asked, namespace] = useDisclosure();
  const team = useOne(['teams', id], (signal) => api.GET('/api/v1/teams/{id}', { params: { path }, signal }));
  const namespaces = useList(['teams', id, 'namespaces'], (signal) =>
    api.GET('/api/v1/teams/{id}/namespaces', { params: { path }, signal }),
  );
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
      {namespaces.data?.items.length === 0 && <Empty text={t('teams.noNamespaces')} />}
      <List>
        {namespaces.data?.items.map((one) => (
          <List.Item key={one.id}>
            <Anchor component={Link} to={`/namespaces/${one.id}`}>
              {one.name}
            </Anchor>
          </List.Item>
        ))}
      </List>
    </Page>
  );
}

function DeleteTeam({ id, name }: { id: number; name: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [opened, modal] = useDisclosure();
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
    <>
      <Button variant="light" color="red" onClick={modal.open}>
        {t('delete')}
      </Button>
      <ConfirmByName
        title={t('teams.delete', { name })}
        name={name}
        act={t('delete')}
        opened={opened}
        busy={remove.isPending}
        error={remove.error}
        onClose={modal.close}
        onConfirm={() => remove.mutate(undefined, { onSuccess: () => void navigate({ to: '/teams' }) })}
      >
        <TextInput
          label={t('teams.heir')}
          description={t('teams.heirHint')}
          value={heir}
          onChange={(event) => setHeir(event.currentTarget.value)}
        />
        {opened && heir.trim() === '' && <Preview id={id} />}
      </ConfirmByName>
    </>
  );
}

function Preview({ id }: { id: number }) {
  const preview = useOne(['teams', id, 'deletion'], (signal) =>
    api.GET('/api/v1/teams/{id}/deletion', { params: { path: { id } }, signal }),
  );
  return preview.data ? <WhatGoes {...preview.data} /> : null;
}
