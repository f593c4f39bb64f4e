import { Alert, Badge, Button, Checkbox, Group, Select, Stack, Table, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { Copy } from '../../parts/copy.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { FormModal } from '../../parts/form-modal.js';
import { Time } from '../../parts/time.js';

const DAYS = ['30', '90', '365', ''] as const;

/** Tokens with which programs act for a user; each is shown once, when it is made. */
export function ApplicationTokens({ user }: { user: number }) {
  const { t } = useTranslation();
  const [opened, modal] = useDisclosure();
  const [made, setMade] = useState<string | null>(null);
  const key = ['users', user, 'application_tokens'] as const;
  const query = useList(key, (signal) =>
    api.GET('/api/v1/users/{id}/application_tokens', { params: { path: { id: user } }, signal }),
  );
  const revoke = useChange(
    (id: number) => api.DELETE('/api/v1/users/application_tokens/{id}', { params: { path: { id } } }),
    [key],
  );
  const error = query.error ?? revoke.error;
  return (
    <Stack>
      <Group>
        <Button onClick={modal.open}>{t('tokens.new')}</Button>
      </Group>
      <NewToken user={user} opened={opened} onClose={modal.close} onMade={setMade} />
      {made !== null && (
        <Alert
          color="teal"
          title={t('tokens.shownOnce')}
          withCloseButton
          onClose={() => setMade(null)}
          closeButtonLabel={t('close')}
        >
          <Copy text={made} />
        </Alert>
      )}
      {error && <ErrorBox error={error} />}
      {query.data?.items.length === 0 && <Empty text={t('tokens.empty')} />}
      <Table.ScrollContainer minWidth={640}>
        <Table aria-label={t('profile.tabs.tokens')}>
          <Table.Tbody>
            {query.data?.items.map((token) => (
              <Table.Tr key={token.id}>
                <Table.Td>{token.application}</Table.Td>
                <Table.Td>
                  <Group gap={4}>
                    {token.actions?.map((action) => (
                      <Badge key={action} variant="light">
                        {action}
                      </Badge>
                    ))}
                    {token.namespaces?.map((name) => (
                      <Badge key={name} variant="light" color="gray" tt="none">
                        {name}
                      </Badge>
                    ))}
                  </Group>
                </Table.Td>
                <Table.Td>
                  {t('tokens.expires')}: <Time at={token.expires_at} />
                </Table.Td>
                <Table.Td>
                  {t('tokens.lastUsed')}: <Time at={token.last_used_at} /> {token.last_used_from}
                </Table.Td>
                <Table.Td>
                  <Button
                    size="xs"
                    variant="subtle"
                    color="red"
                    aria-label={t('tokens.revokeThis', { name: token.application })}
                    onClick={() => revoke.mutate(token.id)}
                  >
                    {t('tokens.revoke')}
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

interface NewTokenProps {
  user: number;
  opened: boolean;
  onClose: () => void;
  onMade: (plain: string) => void;
}

function NewToken({ user, opened, onClose, onMade }: NewTokenProps) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { application: '', days: '90', read_only: false, namespaces: [] as string[] },
  });
  const create = useChange(
    ({ application, days, read_only, namespaces }: typeof form.values) =>
      api.POST('/api/v1/users/{id}/application_tokens', {
        params: { path: { id: user } },
        body: {
          application,
          expires_at: days === '' ? null : new Date(Date.now() + Number(days) * 86_400_000).toISOString(),
          ...(read_only ? { read_only } : {}),
          ...(namespaces.length > 0 ? { namespaces } : {}),
        },
      }),
    [['users', user, 'application_tokens']],
  );
  const submit = form.onSubmit((values) =>
    create.mutate(values, {
      onSuccess: ({ plain_token }) => {
        onMade(plain_token);
        form.reset();
        onClose();
      },
    }),
  );
  return (
    <FormModal
      title={t('tokens.new')}
      act={t('create')}
      opened={opened}
      busy={create.isPending}
      error={create.error}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextInput
        label={t('tokens.name')}
        description={t('tokens.nameHint')}
        required
        data-autofocus
        {...form.getInputProps('application')}
      />
      <Select
        label={t('tokens.expires')}
        data={DAYS.map((value) => ({
          value,
          label: value === '' ? t('never') : t('tokens.days', { count: Number(value) }),
        }))}
        allowDeselect={false}
        {...form.getInputProps('days')}
      />
      <Checkbox label={t('tokens.readOnly')} {...form.getInputProps('read_only', { type: 'checkbox' })} />
      <TagsInput
        label={t('tokens.namespaces')}
        description={t('tokens.namespacesHint')}
        {...form.getInputProps('namespaces')}
      />
    </FormModal>
  );
}
