import { Button, Center, Paper, PasswordInput, Stack, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDocumentTitle } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/api-error.js';
import { useSigning } from '../../api/session.js';
import logo from '../../app/portus.svg';
import { ErrorBox } from '../../parts/error-box.js';

/** The first page of everybody who is not signed in. */
export function SignIn() {
  const { t } = useTranslation();
  useDocumentTitle(`${t('signIn.title')} · Portus`);
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
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" w="100%" maw={400}>
        <form onSubmit={form.onSubmit((values) => attempt.mutate(values))}>
          <Stack>
            <img src={logo} alt="" width={48} height={48} />
            <Title order={1} size="h2">
              {t('signIn.title')}
            </Title>
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
      </Paper>
    </Center>
  );
}
