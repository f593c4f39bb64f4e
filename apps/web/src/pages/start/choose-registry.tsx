import { Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';

interface Props {
  chosen: number | null;
  onChosen: (id: number) => void;
}

/** One that is known, or a new one; it need not run yet. */
export function ChooseRegistry({ chosen, onChosen }: Props) {
  const { t } = useTranslation();
  const query = useList(['registries', 'to choose from'], (signal) =>
    api.GET('/api/v1/registries', { params: { query: { per_page: 100 } }, signal }),
  );
  const form = useForm({ initialValues: { name: 'registry', hostname: '', tls: false } });
  const create = useChange(
    ({ name, hostname, tls }: typeof form.values) =>
      api.POST('/api/v1/registries', { body: { registry: { name, hostname, use_ssl: tls }, force: true } }),
    [['registries']],
  );
  const submit = form.onSubmit((values) => create.mutate(values, { onSuccess: ({ id }) => onChosen(id) }));
  const known = query.data?.items ?? [];
  return (
    <Stack>
      {query.error && <ErrorBox error={query.error} onRetry={() => void query.refetch()} />}
      {known.map(({ id, name, hostname }) => (
        <Group key={id}>
          <Text>
            {name} ({hostname})
          </Text>
          <Button
            size="xs"
            variant={chosen === id ? 'filled' : 'default'}
            aria-pressed={chosen === id}
            onClick={() => onChosen(id)}
          >
            {t('start.use')}
          </Button>
        </Group>
      ))}
      {chosen === null && (
        <form onSubmit={submit}>
          <Stack maw={420}>
            {known.length > 0 && <Text fw={600}>{t('start.other')}</Text>}
            <Text size="sm">{t('start.registryHint')}</Text>
            {create.error && <ErrorBox error={create.error} />}
            <TextInput label={t('registries.name')} required {...form.getInputProps('name')} />
            <TextInput
              label={t('registries.hostname')}
              description={t('registries.hostnameHint')}
              required
              spellCheck={false}
              {...form.getInputProps('hostname')}
            />
            <Checkbox label={t('registries.tls')} {...form.getInputProps('tls', { type: 'checkbox' })} />
            <Group>
              <Button type="submit" loading={create.isPending}>
                {t('start.connect')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Stack>
  );
}
