import { Button, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { ErrorBox } from '../../parts/error-box.js';
import { VisitorFrame } from './visitor-frame.js';

/** Where the link of the mail leads. Its secret stands behind `#`, which browsers send to nobody. */
export function ResetPassword() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { hash } = useLocation();
  // Kept when the address is cleaned by going elsewhere.
  const [token] = useState(() => new URLSearchParams(hash).get('token') ?? '');
  const form = useForm({ initialValues: { password: '' } });
  const reset = useMutation({
    mutationFn: ({ password }: { password: string }) =>
      api.PUT('/api/v1/password_resets', { body: { token, password } }),
    onSuccess: () => navigate({ to: '/users/sign_in', replace: true }),
  });
  return (
    <VisitorFrame title={t('reset.title')}>
      <form onSubmit={form.onSubmit((values) => reset.mutate(values))}>
        <Stack>
          {reset.error && <ErrorBox error={reset.error} />}
          <PasswordInput
            label={t('profile.newPassword')}
            description={t('profile.passwordHint')}
            autoComplete="new-password"
            required
            autoFocus
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={reset.isPending} fullWidth>
            {t('profile.changePassword')}
          </Button>
        </Stack>
      </form>
    </VisitorFrame>
  );
}
