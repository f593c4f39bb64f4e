import { Badge, Button, Checkbox, Group, Menu, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { useMe } from '../../api/session.js';
import { ConfirmByName } from '../../parts/confirm.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { FormModal } from '../../parts/form-modal.js';
import { apiQuery } from '../../parts/list-search.js';
import { Page } from '../../parts/page.js';
import { Time } from '../../parts/time.js';

type User = Answered<'User'>;

/** All users and bots; for administrators. */
export function Users() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/admin/users' });
  const navigate = useNavigate({ from: '/admin/users' });
  const [opened, modal] = useDisclosure();
  const query = useList(['users', search], (signal) =>
    api.GET('/api/v1/users', { params: { query: apiQuery(search) }, signal }),
  );
  return (
    <Page title={t('users.title')} acts={<Button onClick={modal.open}>{t('users.new')}</Button>}>
      <NewUser opened={opened} onClose={modal.close} />
      <DataList
        label={t('users.title')}
        query={query}
        keyOf={({ id }) => id}
        search={search}
        onSearch={(next) => void navigate({ search: next })}
        empty={<Empty text={t('users.empty')} />}
        columns={[
          { title: t('signIn.username'), sort: 'username', cell: (user) => <Name of={user} /> },
          { title: t('profile.email'), sort: 'email', cell: ({ email }) => email },
          { title: t('users.lastSignIn'), cell: ({ current_sign_in_at }) => <Time at={current_sign_in_at} /> },
          { title: t('users.created'), sort: 'created_at', cell: ({ created_at }) => <Time at={created_at} /> },
          { title: t('users.acts'), cell: (user) => <Acts user={user} /> },
        ]}
      />
    </Page>
  );
}

function Name({ of }: { of: User }) {
  const { t } = useTranslation();
  return (
    <Group gap={4}>
      {of.username}
      {of.admin && <Badge variant="light">{t('users.admin')}</Badge>}
      {of.bot && (
        <Badge variant="light" color="gray">
          {t('users.bot')}
        </Badge>
      )}
      {!of.enabled && (
        <Badge variant="light" color="red">
          {t('users.disabled')}
        </Badge>
      )}
      {of.locked_at !== null && (
        <Badge variant="light" color="orange">
          {t('users.locked')}
        </Badge>
      )}
    </Group>
  );
}

function Acts({ user }: { user: User }) {
  const { t } = useTranslation();
  const me = useMe();
  const [deleting, confirm] = useDisclosure();
  const params = { path: { id: user.id } };
  const change = useChange(
    (changes: { admin?: boolean; enabled?: boolean; locked?: boolean }) =>
      api.PUT('/api/v1/users/{id}', { params, body: { user: changes } }),
    [['users']],
  );
  const remove = useChange(() => api.DELETE('/api/v1/users/{id}', { params }), [['users']]);
  if (me?.id === user.id) return null;
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button size="xs" variant="default" aria-label={t('users.actsOn', { name: user.username })}>
            {t('users.change')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {!user.bot && (
            <Menu.Item onClick={() => change.mutate({ admin: !user.admin })}>
              {t(user.admin ? 'users.demote' : 'users.promote')}
            </Menu.Item>
          )}
          <Menu.Item onClick={() => change.mutate({ enabled: !user.enabled })}>
            {t(user.enabled ? 'users.disable' : 'users.enable')}
          </Menu.Item>
          {user.locked_at !== null && (
            <Menu.Item onClick={() => change.mutate({ locked: false })}>{t('users.unlock')}</Menu.Item>
          )}
          <Menu.Item color="red" onClick={confirm.open}>
            {t('delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {change.error && <ErrorBox error={change.error} />}
      <ConfirmByName
        title={t('users.delete', { name: user.username })}
        name={user.username}
        act={t('delete')}
        opened={deleting}
        busy={remove.isPending}
        error={remove.error}
        onClose={confirm.close}
        onConfirm={() => remove.mutate(undefined, { onSuccess: confirm.close })}
      >
        {t('users.deletes')}
      </ConfirmByName>
    </>
  );
}

function NewUser({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [bot, setBot] = useState(false);
  const form = useForm({ initialValues: { username: '', email: '', password: '' } });
  const create = useChange(
    ({ username, email, password }: typeof form.values) =>
      api.POST('/api/v1/users', { body: { user: { username, email, ...(bot ? { bot } : { password }) } } }),
    [['users']],
  );
  const submit = form.onSubmit((values) =>
    create.mutate(values, {
      onSuccess: () => {
        form.reset();
        onClose();
      },
    }),
  );
  return (
    <FormModal
      title={t('users.new')}
      act={t('create')}
      opened={opened}
      busy={create.isPending}
      error={create.error}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextInput label={t('signIn.username')} required data-autofocus {...form.getInputProps('username')} />
      <TextInput type="email" label={t('profile.email')} required {...form.getInputProps('email')} />
      <Checkbox
        label={t('users.isBot')}
        description={t('users.botHint')}
        checked={bot}
        onChange={(event) => setBot(event.currentTarget.checked)}
      />
      {!bot && (
        <PasswordInput
          label={t('signIn.password')}
          description={t('profile.passwordHint')}
          autoComplete="new-password"
          required
          {...form.getInputProps('password')}
        />
      )}
    </FormModal>
  );
}
