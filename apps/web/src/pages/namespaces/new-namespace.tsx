import { Autocomplete, Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';

/** A place for images, of a team. */
export function NewNamespace({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const teams = useList(['teams', 'to choose from'], (signal) =>
    api.GET('/api/v1/teams', { params: { query: { per_page: 100 } }, signal }),
  );
  const form = useForm({ initialValues: { name: '', team: '', description: '' } });
  const create = useChange(
    (body: { name: string; team: string; description: string }) => api.POST('/api/v1/namespaces', { body }),
    [['namespaces']],
  );
  const submit = form.onSubmit((values) =>
    create.mutate(values, { onSuccess: (made) => void navigate({ to: `/namespaces/${made.id}` }) }),
  );
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('namespaces.new')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form onSubmit={submit}>
        <Stack>
          {create.error && <ErrorBox error={create.error} />}
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
          <Group justify="flex-end">
            <Button type="submit" loading={create.isPending}>
              {t('namespaces.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
