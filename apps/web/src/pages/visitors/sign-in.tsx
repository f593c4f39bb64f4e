import { Anchor, Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { Link, Navigate, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { ApiError } from '../../api/api-error.js';
import { useOne } from '../../api/queries.js';
import { useSigning } from '../../api/session.js';
import { ErrorBox } from '../../parts/error-box.js';
import { VisitorFrame } from './visitor-frame.js';

/** The first page of everybody who is not signed in. */
export function SignIn() {
  const { t } = useTranslation();
  const { back } = useSearch({ from: '/users/sign_in' });
  const { signIn } = useSigning();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { username: '', password: '' } });
  const attempt = useMutation({
    mutationFn: ({ username, password }: typeof form.values) => signIn(username, password),
    onSuccess: () => navigate({ href: back ?? '/', replace: true }),
  });
  const wrong = attempt.error instanceof ApiError && attempt.error.status === 401;
  return (
    <VisitorFrame title={t('signIn.title')}>
      <form onSubmit={form.onSubmit((values) => attempt.mutate(values))}>
        <Stack>
          {attempt.error && <ErrorBox error={wrong ? new Error(t('signIn.wrong')) : attempt.error} />}
          <TextInput
            label={t('signIn.username')}
            autoComplete="username"
            autoFocus
            required
            {...form.getInputProps('username')}
          />
          <PasswordInput
            label={t('signIn.password')}
            autoComplete="current-password"
            required
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={attempt.isPending} fullWidth>
            {t('signIn.submit')}
          </Button>
        </Stack>
      </form>
      <OtherWays />
    </VisitorFrame>
  );
}

/** What else a visitor may do here, as this installation has it. */
function OtherWays() {
  const { t } = useTranslation();
  const options = useOne(['session', 'options'], (signal) => api.GET('/api/v1/session/options', { signal }));
  if (!options.data) return null;
  const { sign_up, first_user, password_reset, explore } = options.data;
  if (first_user) return <Navigate to="/start" replace />;
  return (
    <Group gap="md">
      {sign_up && (
        <Anchor component={Link} to="/users/sign_up">
          {t('signUp.title')}
        </Anchor>
      )}
      {password_reset && (
        <Anchor component={Link} to="/users/password/new">
          {t('reset.forgotten')}
        </Anchor>
      )}
      {explore && (
        <Anchor component={Link} to="/explore">
          {t('explore.title')}
        </Anchor>
      )}
    </Group>
  );
}
