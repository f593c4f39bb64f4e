import { Anchor, Badge, Button, Group, Select, Stack, Text } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Time } from '../../parts/time.js';
import { Delivery } from './delivery.js';
import type { WebhookPath } from './webhook-path.js';
import { STATES, type WebhookSearch } from './webhook-search.js';

type Listed = Answered<'ListedWebhookDelivery'>;

const COLORS = { waiting: 'blue', delivered: 'teal', dead: 'red' } as const;

/** The log: what was sent when, what was answered, and what was given up. */
export function Deliveries({ path }: { path: WebhookPath }) {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/namespaces/$id/webhooks/$webhook' });
  const navigate = useNavigate({ from: '/namespaces/$id/webhooks/$webhook' });
  const { state, page, delivery } = search;
  const filter = { ...(state ? { state } : {}), ...(page === undefined ? {} : { page }) };
  const go = (next: WebhookSearch) => void navigate({ search: next });
  const query = useList(
    ['webhooks', path.id, 'deliveries', path.webhook_id, filter],
    (signal) =>
      api.GET('/api/v1/namespaces/{id}/webhooks/{webhook_id}/deliveries', {
        params: { path, query: { ...filter, sort_order: 'desc' } },
        signal,
      }),
    { every: 3_000 },
  );
  return (
    <Stack>
      <Select
        aria-label={t('deliveries.filter')}
        placeholder={t('deliveries.all')}
        data={STATES.map((value) => ({ value, label: t(`deliveries.states.${value}`) }))}
        value={state ?? null}
        clearable
        w={220}
        onChange={(value) => go(value === null ? {} : { state: value as (typeof STATES)[number] })}
      />
      {delivery !== undefined && <Delivery path={path} id={delivery} onClose={() => go(filter)} />}
      <DataList
        label={t('deliveries.list')}
        query={query}
        keyOf={({ id }) => id}
        search={search}
        onSearch={(next) => go({ ...filter, ...next })}
        empty={<Empty text={t(state === undefined ? 'deliveries.none' : 'deliveries.noneSuch')} />}
        columns={[
          { title: t('deliveries.event'), cell: ({ event }) => t(`webhooks.eventNames.${event}`) },
          { title: t('deliveries.about'), cell: (one) => <Subject of={one} search={filter} /> },
          { title: t('deliveries.state'), cell: (one) => <DeliveryState of={one} /> },
          { title: t('deliveries.status'), cell: (one) => <AnswerOf one={one} /> },
          { title: t('deliveries.attempts'), cell: ({ attempts }) => attempts },
          { title: t('deliveries.when'), cell: (one) => <Time at={one.attempted_at ?? one.created_at} /> },
          { title: t('users.acts'), cell: ({ id }) => <Resend path={path} id={id} /> },
        ]}
      />
    </Stack>
  );
}

function Subject({ of: { id, subject }, search }: { of: Listed; search: WebhookSearch }) {
  const { t } = useTranslation();
  return (
    <Anchor
      aria-label={`${subject}, ${t('deliveries.lookAt', { id })}`}
      style={{ overflowWrap: 'anywhere' }}
      renderRoot={(props) => (
        <Link from="/namespaces/$id/webhooks/$webhook" to="." search={{ ...search, delivery: id }} {...props} />
      )}
    >
      {subject}
    </Anchor>
  );
}

/** What became of a delivery so far. */
export function DeliveryState({ of }: { of: Pick<Listed, 'state' | 'next_attempt_at' | 'attempts'> }) {
  const { t } = useTranslation();
  return (
    <Stack gap={2} align="flex-start">
      <Badge color={COLORS[of.state]}>{t(`deliveries.states.${of.state}`)}</Badge>
      {of.next_attempt_at !== null && of.attempts > 0 && (
        <Text size="xs" c="dimmed">
          {t('deliveries.next')} <Time at={of.next_attempt_at} />
        </Text>
      )}
    </Stack>
  );
}

/** What the receiver said last, or why it said nothing. */
export function AnswerOf({
  one: { status, reason, duration },
}: {
  one: Pick<Listed, 'status' | 'reason' | 'duration'>;
}) {
  const { t } = useTranslation();
  if (status === null) return <span>{t('deliveries.notTried')}</span>;
  return (
    <Stack gap={2}>
      <span>
        {status === 0 ? t('deliveries.noAnswer') : status}
        {duration !== null && `, ${t('deliveries.took', { value: duration })}`}
      </span>
      {reason !== null && (
        <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
          {reason}
        </Text>
      )}
    </Stack>
  );
}

/** Sends a delivery once more. */
export function Resend({ path, id }: { path: WebhookPath; id: number }) {
  const { t } = useTranslation();
  const resend = useChange(
    () =>
      api.PUT('/api/v1/namespaces/{id}/webhooks/{webhook_id}/deliveries/{delivery_id}', {
        params: { path: { ...path, delivery_id: id } },
      }),
    [['webhooks', path.id], ['dead letters']],
  );
  return (
    <Group gap={4}>
      <Button
        size="xs"
        variant="default"
        loading={resend.isPending}
        aria-label={t('deliveries.resendThis', { id })}
        onClick={() => resend.mutate()}
      >
        {t('deliveries.resend')}
      </Button>
      {resend.error && <ErrorBox error={resend.error} />}
    </Group>
  );
}
