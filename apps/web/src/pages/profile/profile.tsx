import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useOne } from '../../api/queries.js';
import { SESSION_KEY, useMe } from '../../api/session.js';
import { ApplicationTokens } from '../../parts/application-tokens.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Loading } from '../../parts/loading.js';
import { Page } from '../../parts/page.js';
import { PageTabs } from '../../parts/page-tabs.js';
import { Sessions } from './sessions.js';

/** One's own account: who one is, the password, tokens for programs, and where one is signed in. */
export function Profile() {
  const { t } = useTranslation();
  const me = useMe();
  const { tab = 'account' } = useSearch({ from: '/signed-in/users/edit' });
  const navigate = useNavigate({ from: '/users/edit' });
  if (me === null) return <Loading />;
  return (
    <Page title={t('profile.title')}>
      <PageTabs
        tab={tab}
        titleOf={(name) => t(`profile.tabs.${name}`)}
        onTab={(next) => void navigate({ search: next === undefined ? {} : { tab: next } })}
        panels={{
          account: <Account />,
          password: <Password />,
          tokens: <ApplicationTokens user={me.id} username={me.username} />,
          sessions: <Sessions user={me.id} />,
        }}
      />
    </Page>
  );
}

function Account() {
  const { t } = useTranslation();
  const profile = useOne(['profile'], (signal) => api.GET('/api/v1/profile', { signal }));
  if (profile.error) return <ErrorBox error={profile.error} />;
  if (!profile.data) return <Loading />;
  return (
    <AccountForm
      key={profile.data.updated_at}
      email={profile.data.email}
      display_name={profile.data.display_name}
      title={t('save')}
    />
  );
}

function AccountForm({
  email,
  display_name,
  title,
}: {
  email: string | null;
  display_name: string | null;
  title: string;
}) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { email: email ?? '', display_name: display_name ?? '', current_password: '' },
  });
  const moves = (form.values.email || null) !== email;
  const change = useChange(
    ({ current_password, ...user }: { email: string | null; display_name: string | null; current_password: string }) =>
      api.PUT('/api/v1/profile', { body: moves ? { user, current_password } : { user } }),
    [['profile'], SESSION_KEY],
  );
  const submit = form.onSubmit((values) =>
    change.mutate(
      { ...values, email: values.email || null, display_name: values.display_name || null },
      { onSuccess: () => notifications.show({ message: t('saved') }) },
    ),
  );
  return (
    <form onSubmit={submit}>
      <Stack maw={480}>
        {change.error && <ErrorBox error={change.error} />}
        <TextInput type="email" label={t('profile.email')} autoComplete="email" {...form.getInputProps('email')} />
        {moves && (
          <PasswordInput
            label={t('profile.currentPassword')}
            description={t('profile.emailHint')}
            autoComplete="current-password"
            required
            {...form.getInputProps('current_password')}
          />
        )}
        <TextInput label={t('profile.displayName')} autoComplete="name" {...form.getInputProps('display_name')} />
        <Group>
          <Button type="submit" loading={change.isPending}>
            {title}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Password() {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { current_password: '', password: '' } });
  const change = useChange((body: typeof form.values) => api.PUT('/api/v1/profile/password', { body }), [['sessions']]);
  const submit = form.onSubmit((values) =>
    change.mutate(values, {
      onSuccess: () => {
        form.reset();
        notifications.show({ message: t('profile.passwordChanged') });
      },
    }),
  );
  return (
    <form onSubmit={submit}>
      <Stack maw={480}>
        {change.error && <ErrorBox error={change.error} />}
        <PasswordInput
          label={t('profile.currentPassword')}
          autoComplete="current-password"
          required
          {...form.getInputProps('current_password')}
        />
        <PasswordInput
          label={t('profile.newPassword')}
          description={t('profile.passwordHint')}
          autoComplete="new-password"
          required
          {...form.getInputProps('password')}
        />
        <Group>
          <Button type="submit" loading={change.isPending}>
            {t('profile.changePassword')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
