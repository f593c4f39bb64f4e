import { Checkbox, MultiSelect, Select, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { FormModal } from '../../parts/form-modal.js';
import { EVENTS } from './event-names.js';
import { SecretFields } from './secret-fields.js';
import { bodyOf, type WebhookValues, valuesOf } from './webhook-values.js';

const FORMATS = ['portus', 'cloudevents'] as const;
const METHODS = ['POST', 'GET'] as const;
const TYPES = ['application/json', 'application/x-www-form-urlencoded'] as const;

interface Props {
  namespace: number;
  /** null: a new one. */
  of: Answered<'Webhook'> | null;
  onClose: () => void;
}

/** Whom to tell of what, and how. */
export function WebhookForm({ namespace, of, onClose }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const form = useForm<WebhookValues>({ initialValues: valuesOf(of) });
  const save = useChange((values: WebhookValues) => send(namespace, of, values), [['webhooks', namespace]]);
  const submit = form.onSubmit((values) =>
    save.mutate(values, {
      onSuccess: ({ id }) => {
        onClose();
        if (of === null) void navigate({ to: `/namespaces/${namespace}/webhooks/${id}` });
      },
    }),
  );
  return (
    <FormModal
      title={of === null ? t('webhooks.new') : of.name}
      act={of === null ? t('create') : t('save')}
      opened
      change={save}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextInput
        label={t('webhooks.url')}
        description={t('webhooks.urlHint')}
        required
        spellCheck={false}
        maxLength={2_048}
        data-autofocus
        {...form.getInputProps('url')}
      />
      {of !== null && form.values.url !== of.url && <Text size="sm">{t('webhooks.moved')}</Text>}
      <TextInput
        label={t('webhooks.name')}
        description={t('webhooks.nameHint')}
        maxLength={255}
        {...form.getInputProps('name')}
      />
      <MultiSelect
        label={t('webhooks.events')}
        data={EVENTS.map((value) => ({ value, label: t(`webhooks.eventNames.${value}`) }))}
        required
        {...form.getInputProps('events')}
      />
      <Select
        label={t('webhooks.format')}
        data={FORMATS.map((value) => ({ value, label: t(`webhooks.formats.${value}`) }))}
        allowDeselect={false}
        {...form.getInputProps('format')}
      />
      <Select
        label={t('webhooks.contentType')}
        data={TYPES.map((value) => ({ value, label: t(`webhooks.contentTypes.${value}`) }))}
        allowDeselect={false}
        {...form.getInputProps('contentType')}
      />
      <Select label={t('webhooks.method')} data={METHODS} allowDeselect={false} {...form.getInputProps('method')} />
      <SecretFields form={form} of={of} />
      {of === null && (
        <Checkbox label={t('webhooks.enableAtOnce')} {...form.getInputProps('enabled', { type: 'checkbox' })} />
      )}
    </FormModal>
  );
}

function send(namespace: number, of: Props['of'], values: WebhookValues) {
  const webhook = bodyOf(of, values);
  if (of === null) {
    return api.POST('/api/v1/namespaces/{id}/webhooks', {
      params: { path: { id: namespace } },
      body: { webhook: { ...webhook, enabled: values.enabled } },
    });
  }
  const path = { id: namespace, webhook_id: of.id };
  return api.PUT('/api/v1/namespaces/{id}/webhooks/{webhook_id}', { params: { path }, body: { webhook } });
}
