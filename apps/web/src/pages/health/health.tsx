import { Alert, Badge, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { type Components, useHealth, worst } from '../../api/health.js';
import { useList, useOne } from '../../api/queries.js';
import { useMe } from '../../api/session.js';
import { Facts } from '../../parts/facts.js';
import { Loading } from '../../parts/loading.js';
import { PageError } from '../../parts/page-error.js';
import { Page } from '../../parts/page.js';
import { TableFrame } from '../../parts/table-frame.js';
import { Time } from '../../parts/time.js';
import { InboxSummary } from '../truth/inbox-summary.js';

const COLORS = { up: 'teal', degraded: 'orange', down: 'red' } as const;

/** What Portus is made of, and how it is. */
export function Health() {
  const { t } = useTranslation();
  const me = useMe();
  const query = useHealth(5_000);
  const version = useOne(['version'], (signal) => api.GET('/api/version', { signal }));
  if (query.error && !query.data) return <PageError error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const state = worst(query.data);
  return (
    <Page title={t('health.title')}>
      <Text>{t('health.intro')}</Text>
      <Alert color={COLORS[state]} title={t(`health.overall.${state}`)} role="status" />
      <ComponentTable of={query.data} />
      {me?.admin === true && (
        <>
          <Title order={2} size="h3">
            {t('health.queues')}
          </Title>
          <InboxSummary />
          <Clocks />
        </>
      )}
      <Facts facts={[[t('health.version'), version.data?.version ?? t('unknown')]]} />
    </Page>
  );
}

function ComponentTable({ of }: { of: Components }) {
  const { t } = useTranslation();
  return (
    <TableFrame minWidth={560} label={t('health.title')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('health.component')}</Table.Th>
          <Table.Th>{t('health.state')}</Table.Th>
          <Table.Th>{t('health.message')}</Table.Th>
          <Table.Th>{t('health.since')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {Object.entries(of).map(([name, { status, msg, since }]) => (
          <Table.Tr key={name}>
            <Table.Td>{name}</Table.Td>
            <Table.Td>
              <Badge color={COLORS[status]}>{t(`health.states.${status}`)}</Badge>
            </Table.Td>
            <Table.Td>{msg}</Table.Td>
            <Table.Td>{since !== undefined && <Time at={since} />}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </TableFrame>
  );
}

function Clocks() {
  const { t } = useTranslation();
  const query = useList(['registries', 'clocks'], (signal) => api.GET('/api/v1/registries', { signal }), {
    every: 15_000,
  });
  const known = query.data?.items.filter(({ clock }) => clock !== null) ?? [];
  if (known.length === 0) return null;
  return (
    <>
      <Title order={2} size="h3">
        {t('health.clocks')}
      </Title>
      <Facts
        facts={known.map(({ name, clock }) => [
          name,
          t(`registries.clocks.${clock!.off}`, { seconds: Math.abs(Math.round(clock!.ahead_seconds)) }),
        ])}
      />
    </>
  );
}
