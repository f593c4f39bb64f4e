import { Anchor, Button, Group, Select, Stack, Text } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange, useList, useOne } from '../../api/queries.js';
import { shortDigest } from '../../parts/copy.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { ScanState } from '../../parts/scan-verdict.js';
import { Time } from '../../parts/time.js';
import { type ScansSearch, STATES } from './scans-search.js';

type Scan = Answered<'ListedScan'>;

/** What waits to be scanned, is at work and has ended, with the reasons of failures and the way to try again. */
export function ScanQueue() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/scans' });
  const navigate = useNavigate({ from: '/scans' });
  const { state, page } = search;
  const filter = { ...(state ? { state } : {}), ...(page === undefined ? {} : { page }) };
  const query = useList(
    ['scans', 'list', filter],
    (signal) => api.GET('/api/v1/scans', { params: { query: filter }, signal }),
    { every: 5_000 },
  );
  return (
    <Stack>
      <StateFilter
        chosen={state}
        onChoose={(next) => void navigate({ search: next === undefined ? {} : { state: next } })}
      />
      <DataList
        label={t('scans.tabs.queue')}
        query={query}
        keyOf={({ id }) => id}
        search={search}
        onSearch={(next) => void navigate({ search: { ...next, ...(state ? { state } : {}) } })}
        empty={<Empty text={t(state === undefined ? 'scans.empty' : 'scans.emptySuch')} />}
        columns={[
          { title: t('scans.image'), cell: (scan) => <Places of={scan} /> },
          { title: t('scans.scanner'), cell: ({ scanner }) => scanner },
          { title: t('scans.state'), cell: (scan) => <ScanState of={scan.state} /> },
          { title: t('scans.why'), cell: (scan) => <Reason of={scan} /> },
          { title: t('scans.verdictOf'), cell: ({ verdict_at }) => <Time at={verdict_at} /> },
          { title: t('scans.queuedAt'), cell: ({ queued_at }) => <Time at={queued_at} /> },
          { title: t('users.acts'), cell: (scan) => <Again scan={scan} /> },
        ]}
      />
    </Stack>
  );
}

interface FilterProps {
  chosen: ScansSearch['state'];
  onChoose: (state: ScansSearch['state']) => void;
}

/** The states, with how many scans are in each. */
function StateFilter({ chosen, onChoose }: FilterProps) {
  const { t, i18n } = useTranslation();
  const { data } = useOne(['scans', 'summary'], (signal) => api.GET('/api/v1/scans/summary', { signal }), {
    every: 5_000,
  });
  const label = (state: (typeof STATES)[number]) => {
    const count = data?.[state];
    return `${t(`scans.states.${state}`)}${count === undefined ? '' : ` (${count.toLocaleString(i18n.language)})`}`;
  };
  return (
    <Select
      aria-label={t('scans.filter')}
      placeholder={t('scans.all')}
      data={STATES.map((value) => ({ value, label: label(value) }))}
      value={chosen ?? null}
      clearable
      w={260}
      onChange={(value) => onChoose(STATES.find((state) => state === value))}
    />
  );
}

function Places({ of: { places, digest } }: { of: Scan }) {
  const { t } = useTranslation();
  if (places.length === 0) {
    return (
      <span title={digest}>
        {shortDigest(digest)} ({t('scans.nowhere')})
      </span>
    );
  }
  return (
    <Stack gap={2}>
      {places.map(({ tag_id, name }) => (
        <Anchor
          key={tag_id}
          inherit={false}
          size="sm"
          renderRoot={(props) => (
            <Link to="/tags/$id" params={{ id: String(tag_id) }} search={{ tab: 'vulnerabilities' }} {...props} />
          )}
        >
          {name}
        </Anchor>
      ))}
    </Stack>
  );
}

function Reason({ of: { reason, attempts, state, due_at } }: { of: Scan }) {
  const { t } = useTranslation();
  return (
    <Stack gap={2}>
      {reason !== null && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {reason}
        </Text>
      )}
      {attempts > 0 && (
        <Text size="xs" c="dimmed">
          {t('scans.attempts')}: {attempts}
          {state === 'queued' && (
            <>
              , {t('scans.next')} <Time at={due_at} />
            </>
          )}
        </Text>
      )}
    </Stack>
  );
}

function Again({ scan }: { scan: Scan }) {
  const { t } = useTranslation();
  const retry = useChange(
    () => api.POST('/api/v1/scans/{scan_id}/retry', { params: { path: { scan_id: scan.id } } }),
    [['scans'], ['tags']],
  );
  const name = scan.places[0]?.name ?? shortDigest(scan.digest);
  return (
    <Group>
      <Button
        size="xs"
        variant="default"
        loading={retry.isPending}
        disabled={scan.state === 'running'}
        aria-label={t('scans.retryThis', { name })}
        onClick={() => retry.mutate()}
      >
        {t('scans.retry')}
      </Button>
      {retry.error && <ErrorBox error={retry.error} />}
    </Group>
  );
}
