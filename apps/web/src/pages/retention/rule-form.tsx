import { Checkbox, NumberInput, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useForm, type UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { FormModal } from '../../parts/form-modal.js';

type Rule = Answered<'RetentionRule'>;

const ACTIONS = ['drop', 'protect'] as const;

interface Values {
  name: string;
  action: string;
  enabled: boolean;
  repositories: string;
  tags: string;
  olderThan: number | string;
  notPulledFor: number | string;
  keepLatest: number | string;
}

interface Props {
  namespace: number | null;
  /** null: a new one. */
  of: Rule | null;
  onClose: () => void;
}

/** A rule that drops tags, or one that protects them. */
export function RuleForm({ namespace, of, onClose }: Props) {
  const { t } = useTranslation();
  const form = useForm<Values>({
    initialValues: {
      name: of?.name ?? '',
      action: of?.action ?? 'drop',
      enabled: of?.enabled ?? true,
      repositories: of?.repository_pattern ?? '*',
      tags: of?.tag_pattern ?? '*',
      olderThan: of === null ? 30 : (of.older_than ?? ''),
      notPulledFor: of?.not_pulled_for ?? '',
      keepLatest: of === null ? 10 : (of.keep_latest ?? ''),
    },
  });
  const save = useChange((values: Values) => send(namespace, of, values), [['retention']]);
  return (
    <FormModal
      title={of === null ? t('retention.new') : of.name}
      act={of === null ? t('create') : t('save')}
      opened
      change={save}
      onClose={onClose}
      onSubmit={form.onSubmit((values) => save.mutate(values, { onSuccess: onClose }))}
    >
      <TextInput label={t('retention.name')} required maxLength={255} data-autofocus {...form.getInputProps('name')} />
      <SegmentedControl
        aria-label={t('retention.action')}
        data={ACTIONS.map((value) => ({ value, label: t(`retention.actions.${value}`) }))}
        {...form.getInputProps('action')}
      />
      <Text size="sm">
        {t(form.values.action === 'drop' ? 'retention.actionHints.drop' : 'retention.actionHints.protect')}
      </Text>
      <TextInput
        label={t('retention.repositories')}
        description={t('retention.patternHint')}
        required
        spellCheck={false}
        {...form.getInputProps('repositories')}
      />
      <TextInput label={t('retention.tags')} required spellCheck={false} {...form.getInputProps('tags')} />
      {form.values.action === 'drop' && <Conditions form={form} />}
      <Checkbox label={t('retention.enabled')} {...form.getInputProps('enabled', { type: 'checkbox' })} />
    </FormModal>
  );
}

function Conditions({ form }: { form: UseFormReturnType<Values> }) {
  const { t } = useTranslation();
  return (
    <>
      <NumberInput
        label={t('retention.olderThan')}
        min={0}
        max={36_500}
        allowDecimal={false}
        {...form.getInputProps('olderThan')}
      />
      <NumberInput
        label={t('retention.notPulledFor')}
        min={0}
        max={36_500}
        allowDecimal={false}
        {...form.getInputProps('notPulledFor')}
      />
      <NumberInput
        label={t('retention.keepLatest')}
        min={1}
        max={100_000}
        allowDecimal={false}
        {...form.getInputProps('keepLatest')}
      />
    </>
  );
}

const numberOf = (value: number | string): number | null => (value === '' ? null : Number(value));

function send(namespace: number | null, of: Rule | null, values: Values) {
  const drops = values.action === 'drop';
  const body = {
    name: values.name,
    action: drops ? ('drop' as const) : ('protect' as const),
    enabled: values.enabled,
    repository_pattern: values.repositories,
    tag_pattern: values.tags,
    older_than: drops ? numberOf(values.olderThan) : null,
    not_pulled_for: drops ? numberOf(values.notPulledFor) : null,
    keep_latest: drops ? numberOf(values.keepLatest) : null,
  };
  if (of === null) {
    if (namespace === null) return api.POST('/api/v1/retention_rules', { body });
    return api.POST('/api/v1/namespaces/{id}/retention_rules', { params: { path: { id: namespace } }, body });
  }
  const rule_id = of.id;
  if (namespace === null) return api.PUT('/api/v1/retention_rules/{rule_id}', { params: { path: { rule_id } }, body });
  const path = { id: namespace, rule_id };
  return api.PUT('/api/v1/namespaces/{id}/retention_rules/{rule_id}', { params: { path }, body });
}
