import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { FormModal } from '../../parts/form-modal.js';

/** What an administrator corrects of an account; a new password signs its user out everywhere. */
export function EditUser({ user }: { user: Answered<'User'> }) {
  const { t } = useTranslation();
  const [opened, modal] = useDisclosure();
  const form = useForm({
    initialValues: { email: user.email ?? '', display_name: user.display_name ?? '', password: '' },
  });
  const change = useChange(
    ({ email, display_name, password }: typeof form.values) =>
      api.PUT('/api/v1/users/{id}', {
        params: { path: { id: user.id } },
        body: {
          user: {
            email: email || null,
            display_name: display_name || null,
            ...(password === '' ? {} : { password }),
          },
        },
      }),
    [['users']],
  );
  const submit = form.onSubmit((values) =>
    change.mutate(values, {
      onSuccess: () => {
        form.setFieldValue('password', '');
        modal.close();
      },
    }),
  );
  return (
    <>
      <Button variant="default" onClick={modal.open}>
        {t('description.edit')}
      </Button>
      <FormModal
        title={t('users.edit', { name: user.username })}
        act={t('save')}
        opened={opened}
        change={change}
        onClose={modal.close}
        onSubmit={submit}
      >
        <TextInput type="email" label={t('profile.email')} data-autofocus {...form.getInputProps('email')} />
        <TextInput label={t('profile.displayName')} {...form.getInputProps('display_name')} />
        {!user.bot && (
          <PasswordInput
            label={t('profile.newPassword')}
            description={t('users.passwordHint')}
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
        )}
      </FormModal>
    </>
  );
}
