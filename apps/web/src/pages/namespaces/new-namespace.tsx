import { Autocomplete, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { FormModal } from '../../parts/form-modal.js';

/** A place for images, of a team; which one may be known already. */
export function NewNamespace({ team = '', opened, onClose }: { team?: string; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const teams = useList(['teams', 'to choose from'], (signal) =>
    api.GET('/api/v1/teams', { params: { query: { per_page: 100 } }, signal }),
  );
  const form = useForm({ initialValues: { name: '', team, description: '' } });
  const create = useChange(
    (body: { name: string; team: string; description: string }) => api.POST('/api/v1/namespaces', { body }),
    [['namespaces']],
  );
  const submit = form.onSubmit((values) =>
    create.mutate(values, { onSuccess: (made) => void navigate({ to: `/namespaces/${made.id}` }) }),
  );
  return (
    <FormModal
      title={t('namespaces.new')}
      act={t('namespaces.create')}
      opened={opened}
      change={create}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextInput
        label={t('namespaces.name')}
        description={t('namespaces.nameHint')}
        required
        spellCheck={false}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <Autocomplete
        label={t('namespaces.team')}
        description={t('namespaces.teamHint')}
        required
        data={(teams.data?.items ?? []).map((team) => team.name)}
        {...form.getInputProps('team')}
      />
      <Textarea label={t('namespaces.description')} autosize minRows={2} {...form.getInputProps('description')} />
    </FormModal>
  );
}
