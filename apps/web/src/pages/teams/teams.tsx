import { Anchor, Button, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { FormModal } from '../../parts/form-modal.js';
import { apiQuery } from '../../parts/list-search.js';
import { Page } from '../../parts/page.js';

/** The teams that this person may see. */
export function Teams() {
  const { t, i18n } = useTranslation();
  const search = useSearch({ from: '/signed-in/teams' });
  const navigate = useNavigate({ from: '/teams' });
  const [opened, modal] = useDisclosure();
  const query = useList(['teams', search], (signal) =>
    api.GET('/api/v1/teams', { params: { query: apiQuery(search) }, signal }),
  );
  return (
    <Page title={t('teams.title')} acts={<Button onClick={modal.open}>{t('teams.new')}</Button>}>
      <NewTeam opened={opened} onClose={modal.close} />
      <DataList
        filtered
        label={t('teams.title')}
        query={query}
        keyOf={({ id }) => id}
        search={search}
        onSearch={(next) => void navigate({ search: next })}
        empty={<Empty text={t('teams.empty')} />}
        columns={[
          {
            title: t('teams.name'),
            sort: 'name',
            cell: ({ id, name }) => (
              <Anchor component={Link} to={`/teams/${id}`}>
                {name}
              </Anchor>
            ),
          },
          { title: t('teams.myRole'), cell: ({ role }) => (role === null ? '–' : t(`roles.${role}`)) },
          { title: t('teams.members'), cell: ({ users_count }) => users_count.toLocaleString(i18n.language) },
          {
            title: t('namespaces.title'),
            cell: ({ namespaces_count }) => namespaces_count.toLocaleString(i18n.language),
          },
        ]}
      />
    </Page>
  );
}

function NewTeam({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { name: '', description: '' } });
  const create = useChange((body: typeof form.values) => api.POST('/api/v1/teams', { body }), [['teams']]);
  const submit = form.onSubmit((values) =>
    create.mutate(values, { onSuccess: ({ id }) => void navigate({ to: `/teams/${id}` }) }),
  );
  return (
    <FormModal
      title={t('teams.new')}
      act={t('create')}
      opened={opened}
      change={create}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextInput label={t('teams.name')} required data-autofocus {...form.getInputProps('name')} />
      <Textarea label={t('description.label')} autosize minRows={2} {...form.getInputProps('description')} />
    </FormModal>
  );
}
