import { PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { FormModal } from '../../parts/form-modal.js';

interface Props {
  bot: boolean;
  opened: boolean;
  onClose: () => void;
}

/** Makes a person, or a bot; of a bot the next step is its first token, so its page is opened. */
export function NewUser({ bot, opened, onClose }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { username: '', email: '', password: '' } });
  const create = useChange(
    ({ username, email, password }: typeof form.values) =>
      api.POST('/api/v1/users', { body: { user: { username, email, ...(bot ? { bot } : { password }) } } }),
    [['users']],
  );
  const submit = form.onSubmit((values) =>
    create.mutate(values, {
      onSuccess: ({ id }) => {
        form.reset();
        onClose();
        if (bot) void navigate({ to: '/admin/users/$id', params: { id: String(id) } });
      },
    }),
  );
  return (
    <FormModal
      title={t(bot ? 'bots.new' : 'users.new')}
      act={t('create')}
      opened={opened}
      change={create}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextInput
        label={t('signIn.username')}
        description={t('users.nameHint')}
        required
        spellCheck={false}
        data-autofocus
        {...form.getInputProps('username')}
      />
      <TextInput
        type="email"
        label={t('profile.email')}
        description={bot ? t('bots.emailHint') : undefined}
        required
        {...form.getInputProps('email')}
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
