import { Checkbox, PasswordInput, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import type { WebhookValues } from './webhook-values.js';

interface Props {
  form: UseFormReturnType<WebhookValues>;
  of: Answered<'Webhook'> | null;
}

/** What proves to the receiver who speaks. What is set is never shown: it is replaced, removed, or stays. */
export function SecretFields({ form, of }: Props) {
  const { t } = useTranslation();
  const toggle = { 'aria-label': t('webhooks.secret') };
  return (
    <>
      <TextInput
        label={t('webhooks.username')}
        autoComplete="off"
        maxLength={255}
        {...form.getInputProps('username')}
      />
      <PasswordInput
        label={t('webhooks.password')}
        description={of?.has_password === true ? t('webhooks.kept') : undefined}
        autoComplete="new-password"
        maxLength={1_024}
        visibilityToggleButtonProps={{ 'aria-label': t('webhooks.password') }}
        {...form.getInputProps('password')}
      />
      {of?.has_password === true && (
        <Checkbox
          label={t('webhooks.removePassword')}
          {...form.getInputProps('removePassword', { type: 'checkbox' })}
        />
      )}
      <PasswordInput
        label={t('webhooks.secret')}
        description={of?.has_secret === true ? t('webhooks.kept') : t('webhooks.secretHint')}
        autoComplete="new-password"
        minLength={8}
        maxLength={512}
        visibilityToggleButtonProps={toggle}
        {...form.getInputProps('secret')}
      />
      {of?.has_secret === true && (
        <Checkbox label={t('webhooks.removeSecret')} {...form.getInputProps('removeSecret', { type: 'checkbox' })} />
      )}
    </>
  );
}
