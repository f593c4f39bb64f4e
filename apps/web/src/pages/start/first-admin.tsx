import { Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client.js';
import { useSigning } from '../../api/session.js';
import { ErrorBox } from '../../parts/error-box.js';

/** The first account of all, which administers; it is signed in at once. `secret`: whether the site asks for its own. */
export function FirstAdmin({ secret: asked }: { secret: boolean }) {
  const { t } = useTranslation();
  const { signIn } = useSigning();
  const form = useForm({ initialValues: { username: 'admin', email: '', password: '', secret: '' } });
  const create = useMutation({
    mutationFn: async ({ username, email, password, secret }: typeof form.values) => {
      const body = { user: { username, email, password }, ...(asked ? { secret } : {}) };
      await answer(api.POST('/api/v1/users/sign_up', { body }));
      await signIn(username, password);
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
      <Stack maw={420}>
        <Text size="sm">{t('start.adminHint')}</Text>
        {create.error && <ErrorBox error={create.error} />}
        <TextInput label={t('signIn.username')} autoComplete="username" required {...form.getInputProps('username')} />
        <TextInput type="email" label={t('profile.email')} required {...form.getInputProps('email')} />
        <PasswordInput
          label={t('signIn.password')}
          description={t('profile.passwordHint')}
          autoComplete="new-password"
          required
          {...form.getInputProps('password')}
        />
        {asked && (
          <PasswordInput
            label={t('start.secret')}
            description={t('start.secretHint')}
            autoComplete="off"
            required
            {...form.getInputProps('secret')}
          />
        )}
        <Group>
          <Button type="submit" loading={create.isPending}>
            {t('start.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
