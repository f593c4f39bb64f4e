import { Checkbox, Group, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client.js';
import { useChange } from '../api/queries.js';
import { FormModal } from './form-modal.js';
import { NamespacesInput } from './namespaces-input.js';

/** Days until a token ends; `never`, and a day that is chosen. */
const ENDS = ['7', '30', '90', '365', 'never', 'on'] as const;
const ACTIONS = ['pull', 'push', 'delete'] as const;

interface Props {
  user: number;
  opened: boolean;
  onClose: () => void;
  onMade: (plain: string) => void;
}

interface Wanted {
  application: string;
  ends: string;
  on: string;
  actions: string[];
  namespaces: string[];
}

/** What a token is for, when it ends, and what it may at most. */
export function NewToken({ user, opened, onClose, onMade }: Props) {
  const { t } = useTranslation();
  const endText = (ends: (typeof ENDS)[number]): string => {
    if (ends === 'never') return t('never');
    if (ends === 'on') return t('tokens.onDay');
    return t('tokens.days', { count: Number(ends) });
  };
  const form = useForm<Wanted>({
    initialValues: { application: '', ends: '90', on: '', actions: [...ACTIONS], namespaces: [] },
    validate: {
      on: (day, { ends }) => (ends === 'on' && !(endOf(day).getTime() > Date.now()) ? t('tokens.later') : null),
      actions: (chosen) => (chosen.length === 0 ? t('tokens.noAction') : null),
    },
  });
  const create = useChange(
    (wanted: Wanted) =>
      api.POST('/api/v1/users/{id}/application_tokens', { params: { path: { id: user } }, body: bodyOf(wanted) }),
    [['users', user, 'application_tokens'], ['application_tokens']],
  );
  const submit = form.onSubmit((values) =>
    create.mutate(values, {
      onSuccess: ({ plain_token }) => {
        onMade(plain_token);
        form.reset();
        onClose();
      },
    }),
  );
  return (
    <FormModal
      title={t('tokens.new')}
      act={t('create')}
      opened={opened}
      change={create}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextInput
        label={t('tokens.name')}
        description={t('tokens.nameHint')}
        required
        maxLength={255}
        data-autofocus
        {...form.getInputProps('application')}
      />
      <Select
        label={t('tokens.expires')}
        data={ENDS.map((value) => ({ value, label: endText(value) }))}
        allowDeselect={false}
        {...form.getInputProps('ends')}
      />
      {form.values.ends === 'on' && (
        <TextInput type="date" label={t('tokens.lastDay')} required {...form.getInputProps('on')} />
      )}
      <Checkbox.Group
        label={t('tokens.actions')}
        description={t('tokens.actionsHint')}
        {...form.getInputProps('actions')}
      >
        <Group mt="xs">
          {ACTIONS.map((action) => (
            <Checkbox key={action} value={action} label={t(`actions.${action}`)} />
          ))}
        </Group>
      </Checkbox.Group>
      <NamespacesInput {...form.getInputProps('namespaces')} />
    </FormModal>
  );
}

/** All actions are no restriction: what a later version of the registry knows is then allowed too. */
function bodyOf({ application, ends, on, actions, namespaces }: Wanted) {
  return {
    application,
    expires_at: expiry(ends, on),
    ...(actions.length === ACTIONS.length ? {} : { actions: ACTIONS.filter((action) => actions.includes(action)) }),
    ...(namespaces.length === 0 ? {} : { namespaces }),
  };
}

function expiry(ends: string, on: string): string | null {
  if (ends === 'never') return null;
  const at = ends === 'on' ? endOf(on) : new Date(Date.now() + Number(ends) * 86_400_000);
  return at.toISOString();
}

/** The end of a day where somebody is. */
function endOf(day: string): Date {
  return new Date(`${day}T23:59:59`);
}
