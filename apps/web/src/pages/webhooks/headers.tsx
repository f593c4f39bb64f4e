import { Button, Group, PasswordInput, Stack, Table, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange, useOne } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';
import { TableFrame } from '../../parts/table-frame.js';
import type { WebhookPath } from './webhook-path.js';

/** What else is sent with each delivery; the values are never shown again. */
export function Headers({ path }: { path: WebhookPath }) {
  const { t } = useTranslation();
  const key = ['webhooks', path.id, 'one', path.webhook_id, 'headers'] as const;
  const query = useOne(key, (signal) =>
    api.GET('/api/v1/namespaces/{id}/webhooks/{webhook_id}/headers', { params: { path }, signal }),
  );
  return (
    <Stack>
      {query.error && <ErrorBox error={query.error} onRetry={() => void query.refetch()} />}
      <AddHeader path={path} outdates={key} />
      {query.data?.length === 0 && <Text c="dimmed">{t('headers.none')}</Text>}
      {query.data !== undefined && query.data.length > 0 && (
        <TableFrame minWidth={360} label={t('webhooks.tabs.headers')}>
          <Table.Tbody>
            {query.data.map((header) => (
              <Row key={header.id} path={path} of={header} outdates={key} />
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
    </Stack>
  );
}

interface Below {
  path: WebhookPath;
  outdates: readonly unknown[];
}

function AddHeader({ path, outdates }: Below) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { name: '', value: '' } });
  const add = useChange(
    (webhook_header: { name: string; value: string }) =>
      api.POST('/api/v1/namespaces/{id}/webhooks/{webhook_id}/headers', { params: { path }, body: { webhook_header } }),
    [outdates],
  );
  return (
    <form
      aria-label={t('webhooks.tabs.headers')}
      onSubmit={form.onSubmit((values) => add.mutate(values, { onSuccess: () => form.reset() }))}
    >
      <Stack>
        {add.error && <ErrorBox error={add.error} />}
        <Group align="flex-end">
          <TextInput
            label={t('headers.name')}
            required
            spellCheck={false}
            maxLength={128}
            {...form.getInputProps('name')}
          />
          <PasswordInput
            label={t('headers.value')}
            description={t('headers.valueHint')}
            required
            autoComplete="off"
            maxLength={4_096}
            w={280}
            visibilityToggleButtonProps={{ 'aria-label': t('headers.value') }}
            {...form.getInputProps('value')}
          />
          <Button type="submit" loading={add.isPending}>
            {t('headers.add')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Row({ path, of: { id, name }, outdates }: Below & { of: Answered<'WebhookHeader'> }) {
  const { t } = useTranslation();
  const remove = useChange(
    () =>
      api.DELETE('/api/v1/namespaces/{id}/webhooks/{webhook_id}/headers/{header_id}', {
        params: { path: { ...path, header_id: id } },
      }),
    [outdates],
  );
  return (
    <Table.Tr>
      <Table.Td>{name}</Table.Td>
      <Table.Td c="dimmed">{t('headers.hidden')}</Table.Td>
      <Table.Td>
        <Button
          size="xs"
          variant="light"
          color="red"
          loading={remove.isPending}
          aria-label={t('headers.removeThis', { name })}
          onClick={() => remove.mutate()}
        >
          {t('headers.remove')}
        </Button>
        {remove.error && <ErrorBox error={remove.error} />}
      </Table.Td>
    </Table.Tr>
  );
}
