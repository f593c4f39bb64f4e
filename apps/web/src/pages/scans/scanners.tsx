import { Alert, Group, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Demo } from '../../parts/scan-verdict.js';
import { TableFrame } from '../../parts/table-frame.js';
import { Time } from '../../parts/time.js';

type Scanner = Answered<'Scanner'>;

/** By what images are scanned, and how old is what it knows; without a scanner, what that means. */
export function Scanners() {
  const { t } = useTranslation();
  const query = useList(['scanners'], (signal) => api.GET('/api/v1/scanners', { signal }), { every: 15_000 });
  if (query.error && !query.data) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return null;
  const { items } = query.data;
  if (items.length === 0) {
    return (
      <Alert color="orange" title={t('scans.none')}>
        {t('scans.noneHint')}
      </Alert>
    );
  }
  return (
    <Stack>
      {items.some(({ demo }) => demo) && (
        <Alert color="orange" title={t('scans.demo')}>
          {t('scans.demoHint')}
        </Alert>
      )}
      <TableFrame minWidth={480} label={t('verdict.scanners')}>
        <Table.Thead>
          <Table.Tr>
            {(['scanner', 'version', 'dataOf', 'checked', 'works'] as const).map((name) => (
              <Table.Th key={name}>{t(`scans.${name}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((scanner) => (
            <Row key={scanner.name} of={scanner} />
          ))}
        </Table.Tbody>
      </TableFrame>
    </Stack>
  );
}

function Row({ of: { name, demo, version, data_at, checked_at, problem } }: { of: Scanner }) {
  const { t } = useTranslation();
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={6}>
          {name}
          {demo && <Demo />}
        </Group>
      </Table.Td>
      <Table.Td>{version ?? t('unknown')}</Table.Td>
      <Table.Td>{data_at === null ? t('scans.noDate') : <Time at={data_at} />}</Table.Td>
      <Table.Td>
        <Time at={checked_at} />
      </Table.Td>
      <Table.Td>{problem === null ? t('scans.working') : <Text c="red">{problem}</Text>}</Table.Td>
    </Table.Tr>
  );
}
