import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { ConfirmByName } from '../../parts/confirm.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { PAGE, usePlace } from '../../parts/list-places.js';
import { Conditions } from './conditions.js';
import { RuleForm } from './rule-form.js';

type Rule = Answered<'RetentionRule'>;

/** The rules of one namespace or, where it is null, of all. */
export function Rules({ namespace }: { namespace: number | null }) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState<Rule | 'new' | null>(null);
  const [deleting, setDeleting] = useState<Rule | null>(null);
  const [place, go] = usePlace('rules');
  const asked = { ...PAGE, ...place };
  const query = useList(['retention', namespace, 'rules', place], (signal) =>
    namespace === null
      ? api.GET('/api/v1/retention_rules', { params: { query: asked }, signal })
      : api.GET('/api/v1/namespaces/{id}/retention_rules', {
          params: { path: { id: namespace }, query: asked },
          signal,
        }),
  );
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2} size="h3">
          {t('retention.rules')}
        </Title>
        <Button onClick={() => setEditing('new')}>{t('retention.new')}</Button>
      </Group>
      <Text>{t(namespace === null ? 'retention.introAll' : 'retention.introHere')}</Text>
      {editing !== null && (
        <RuleForm namespace={namespace} of={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      )}
      {deleting && <DeleteRule namespace={namespace} rule={deleting} onClose={() => setDeleting(null)} />}
      <DataList
        label={t('retention.rules')}
        query={query}
        keyOf={({ id }) => id}
        search={place}
        onSearch={go}
        empty={<Empty text={t('retention.none')} />}
        columns={[
          { title: t('retention.name'), cell: ({ name }) => name },
          { title: t('retention.action'), cell: ({ action }) => t(`retention.actions.${action}`) },
          { title: t('retention.repositories'), cell: (rule) => <code>{rule.repository_pattern}</code> },
          { title: t('retention.tags'), cell: (rule) => <code>{rule.tag_pattern}</code> },
          { title: t('retention.conditions'), cell: (rule) => <Conditions of={rule} /> },
          { title: t('retention.enabled'), cell: ({ enabled }) => <InForce is={enabled} /> },
          {
            title: t('users.acts'),
            cell: (rule) => (
              <RuleActs name={rule.name} onChange={() => setEditing(rule)} onDelete={() => setDeleting(rule)} />
            ),
          },
        ]}
      />
    </Stack>
  );
}

function InForce({ is }: { is: boolean }) {
  const { t } = useTranslation();
  return <Badge color={is ? 'teal' : 'gray'}>{t(is ? 'retention.on' : 'retention.off')}</Badge>;
}

function RuleActs({ name, onChange, onDelete }: { name: string; onChange: () => void; onDelete: () => void }) {
  const { t } = useTranslation();
  return (
    <Group gap={4} wrap="nowrap">
      <Button size="xs" variant="default" aria-label={t('retention.changeThis', { name })} onClick={onChange}>
        {t('retention.change')}
      </Button>
      <Button size="xs" variant="light" color="red" aria-label={t('retention.deleteThis', { name })} onClick={onDelete}>
        {t('delete')}
      </Button>
    </Group>
  );
}

function DeleteRule({ namespace, rule, onClose }: { namespace: number | null; rule: Rule; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useChange(
    (): Promise<{ response: Response }> =>
      namespace === null
        ? api.DELETE('/api/v1/retention_rules/{rule_id}', { params: { path: { rule_id: rule.id } } })
        : api.DELETE('/api/v1/namespaces/{id}/retention_rules/{rule_id}', {
            params: { path: { id: namespace, rule_id: rule.id } },
          }),
    [['retention']],
  );
  return (
    <ConfirmByName
      title={t('retention.delete', { name: rule.name })}
      name={rule.name}
      act={t('delete')}
      opened
      change={remove}
      onClose={onClose}
      onConfirm={() => remove.mutate(undefined, { onSuccess: onClose })}
    >
      <Text>{t('retention.deletes')}</Text>
    </ConfirmByName>
  );
}
