import { Badge, Button, Stack, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { merged } from '../../api/live-events.js';
import { useChange, useList } from '../../api/queries.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Time } from '../../parts/time.js';

type Event = Answered<'Event'>;

const COLORS: Record<Event['state'], string> = {
  received: 'blue',
  done: 'teal',
  ignored: 'gray',
  failed: 'orange',
  dead: 'red',
  rejected: 'red',
};

/** The inbox, newest first; what arrives while one looks at its beginning is put before it. */
export function EventList({ live }: { live: readonly Event[] }) {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/truth' });
  const navigate = useNavigate({ from: '/truth' });
  const { cursor, state } = search;
  const query = useList(
    ['events', 'list', search],
    (signal) =>
      api.GET('/api/v1/events', {
        params: { query: { ...(state ? { state } : {}), ...(cursor ? { cursor } : {}) } },
        signal,
      }),
    { every: 10_000 },
  );
  const fresh = cursor === undefined ? live : [];
  const shown = query.data && {
    ...query,
    data: { ...query.data, items: withLive(query.data.items, fresh, state) },
  };
  return (
    <DataList
      label={t('events.list')}
      query={shown ?? query}
      keyOf={({ id }) => id}
      search={search}
      onSearch={(next) => void navigate({ search: { ...(state ? { state } : {}), ...next } })}
      empty={<Empty text={t(state === undefined ? 'events.none' : 'events.noneSuch')} />}
      columns={[
        { title: t('events.arrived'), cell: ({ received_at }) => <Time at={received_at} /> },
        { title: t('events.what'), cell: ({ action }) => action },
        { title: t('events.image'), cell: (event) => <Image of={event} /> },
        { title: t('events.by'), cell: ({ actor }) => actor },
        { title: t('events.state'), cell: (event) => <State of={event} /> },
        { title: t('users.acts'), cell: (event) => <Retry event={event} /> },
      ]}
    />
  );
}

/** What is listed, in its newest state, and what came since; of the wanted state. */
function withLive(items: readonly Event[], live: readonly Event[], state: Event['state'] | undefined): Event[] {
  const all = live.toReversed().reduce(newer, [...items]);
  return state === undefined ? all : all.filter((event) => event.state === state);
}

/** What the list tells may be newer than what the stream told. */
function newer(known: Event[], event: Event): Event[] {
  const listed = known.find(({ id }) => id === event.id);
  return listed !== undefined && listed.processed_at !== null && event.processed_at === null
    ? known
    : merged(known, event);
}

function Image({ of }: { of: Event }) {
  const end = of.tag === null ? (of.digest === null ? '' : `@${of.digest.slice(0, 19)}`) : `:${of.tag}`;
  return (
    <span style={{ overflowWrap: 'anywhere' }}>
      {of.repository}
      {end}
    </span>
  );
}

function State({ of }: { of: Event }) {
  const { t } = useTranslation();
  return (
    <Stack gap={2} align="flex-start">
      <Badge color={COLORS[of.state]}>{t(`events.states.${of.state}`)}</Badge>
      {of.reason !== null && <Text size="xs">{of.reason}</Text>}
      {of.next_attempt_at !== null && of.state === 'failed' && (
        <Text size="xs">
          <Time at={of.next_attempt_at} />
        </Text>
      )}
    </Stack>
  );
}

function Retry({ event }: { event: Event }) {
  const { t } = useTranslation();
  const retry = useChange(
    () => api.POST('/api/v1/events/{id}/retry', { params: { path: { id: event.id } } }),
    [['events']],
  );
  if (event.state !== 'failed' && event.state !== 'dead') return null;
  return (
    <>
      <Button size="xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
        {t('events.retryThis', { id: event.id })}
      </Button>
      {retry.error && <ErrorBox error={retry.error} />}
    </>
  );
}
