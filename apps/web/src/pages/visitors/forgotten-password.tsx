import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { ErrorBox } from '../../parts/error-box.js';
import { VisitorFrame } from './visitor-frame.js';

/** Asks for a mail with which a forgotten password is set anew. Whether somebody has the address is not told. */
export function ForgottenPassword() {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { email: '' } });
  const ask = useMutation({ mutationFn: (body: { email: string }) => api.POST('/api/v1/password_resets', { body }) });
  return (
    <VisitorFrame title={t('reset.forgotten')}>
      {ask.isSuccess ? (
        <Text role="status">{t('reset.sent')}</Text>
      ) : (
        <form onSubmit={form.onSubmit((values) => ask.mutate(values))}>
          <Stack>
            {ask.error && <ErrorBox error={ask.error} />}
            <TextInput
              type="email"
              label={t('profile.email')}
              autoComplete="email"
              required
              autoFocus
              {...form.getInputProps('email')}
            />
            <Button type="submit" loading={ask.isPending} fullWidth>
              {t('reset.send')}
            </Button>
          </Stack>
        </form>
      )}
      <Anchor component={Link} to="/users/sign_in">
        {t('signIn.title')}
      </Anchor>
    </VisitorFrame>
  );
}
