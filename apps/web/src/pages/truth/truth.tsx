import { Badge, Button, Group, Select, Text, Title } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useLiveEvents } from '../../api/live-events.js';
import { useChange } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Page } from '../../parts/page.js';
import { EventList } from './event-list.js';
import { InboxSummary } from './inbox-summary.js';
import { STATES, type TruthSearch } from './truth-search.js';

/** What registries tell, as it arrives, and what became of it. */
export function Truth() {
  const { t } = useTranslation();
  const { state } = useSearch({ from: '/signed-in/truth' });
  const navigate = useNavigate({ from: '/truth' });
  const { connected, events } = useLiveEvents();
  const choose = (value: string | null) =>
    void navigate({ search: value === null ? {} : { state: value as NonNullable<TruthSearch['state']> } });
  return (
    <Page
      title={t('events.title')}
      acts={
        <Badge role="status" color={connected ? 'teal' : 'gray'}>
          {t(connected ? 'events.live' : 'events.connecting')}
        </Badge>
      }
    >
      <Text>{t('events.intro')}</Text>
      <Title order={2} size="h3">
        {t('events.summary')}
      </Title>
      <InboxSummary />
      <Group justify="space-between">
        <Title order={2} size="h3">
          {t('events.list')}
        </Title>
        <Group gap="xs">
          <RetryAll />
          <Select
            aria-label={t('events.filter')}
            placeholder={t('events.all')}
            data={STATES.map((value) => ({ value, label: t(`events.states.${value}`) }))}
            value={state ?? null}
            clearable
            onChange={choose}
          />
        </Group>
      </Group>
      <EventList live={events} />
    </Page>
  );
}

function RetryAll() {
  const { t } = useTranslation();
  const retry = useChange(
    () => api.POST('/api/v1/events/retry', { body: { states: ['failed', 'dead'] } }),
    [['events']],
  );
  return (
    <>
      {retry.error && <ErrorBox error={retry.error} />}
      {retry.data && (
        <Text size="sm" role="status">
          {t('events.retried', { count: retry.data.retried })}
        </Text>
      )}
      <Button variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
        {t('events.retryAll')}
      </Button>
    </>
  );
}
