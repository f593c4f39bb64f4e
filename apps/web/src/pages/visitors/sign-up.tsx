import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { useSigning } from '../../api/session.js';
import { ErrorBox } from '../../parts/error-box.js';
import { VisitorFrame } from './visitor-frame.js';

/** An account of one's own; the first one of an installation administers it. */
export function SignUp() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { signIn } = useSigning();
  const options = useOne(['session', 'options'], (signal) => api.GET('/api/v1/session/options', { signal }));
  const form = useForm({ initialValues: { username: '', email: '', password: '', secret: '' } });
  const attempt = useMutation({
    mutationFn: async ({ username, email, password, secret }: typeof form.values) => {
      await api.POST('/api/v1/users/sign_up', {
        body: { user: { username, email, password }, ...(secret === '' ? {} : { secret }) },
      });
      await signIn(username, password);
    },
    onSuccess: () => navigate({ to: '/', replace: true }),
  });
  return (
    <VisitorFrame title={t(options.data?.first_user ? 'signUp.first' : 'signUp.title')}>
      {options.data?.first_user && <Text>{t('signUp.firstHint')}</Text>}
      <form onSubmit={form.onSubmit((values) => attempt.mutate(values))}>
        <Stack>
          {attempt.error && <ErrorBox error={attempt.error} />}
          <TextInput
            label={t('signIn.username')}
            autoComplete="username"
            required
            autoFocus
            {...form.getInputProps('username')}
          />
          <TextInput
            type="email"
            label={t('profile.email')}
            autoComplete="email"
            required
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={t('signIn.password')}
            description={t('profile.passwordHint')}
            autoComplete="new-password"
            required
            {...form.getInputProps('password')}
          />
          {options.data?.first_user_secret && (
            <PasswordInput label={t('signUp.secret')} required {...form.getInputProps('secret')} />
          )}
          <Button type="submit" loading={attempt.isPending} fullWidth>
            {t('signUp.submit')}
          </Button>
        </Stack>
      </form>
      <Anchor component={Link} to="/users/sign_in">
        {t('signIn.title')}
      </Anchor>
    </VisitorFrame>
  );
}
