import { Badge, Button, Checkbox, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { Digest } from '../../parts/copy.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Loading } from '../../parts/loading.js';
import type { PlanSearch } from './plan-search.js';
import { RunRetention } from './run-retention.js';
import { TableFrame } from '../../parts/table-frame.js';

interface Props {
  namespace: number | null;
  search: PlanSearch;
  onSearch: (search: PlanSearch) => void;
}

/** A dry run: each tag with the rule that keeps or drops it, a few repositories at a time; and the run itself. */
export function Plan({ namespace, search, onSearch }: Props) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Title order={2} size="h3">
        {t('retention.plan')}
      </Title>
      <Text>{t('retention.planHint')}</Text>
      <Group>
        <Button variant="default" onClick={() => onSearch({ plan: true })}>
          {t('retention.look')}
        </Button>
        {search.plan === true && <RunRetention namespace={namespace} />}
      </Group>
      {search.plan === true && <PlanPage namespace={namespace} search={search} onSearch={onSearch} />}
    </Stack>
  );
}

function PlanPage({ namespace, search, onSearch }: Props) {
  const { t } = useTranslation();
  const drops = search.drops === true;
  return (
    <Stack>
      <Checkbox
        label={t('retention.onlyDrops')}
        checked={drops}
        onChange={(event) => onSearch({ plan: true, ...(event.currentTarget.checked ? { drops: true } : {}) })}
      />
      <PlannedTags namespace={namespace} search={search} onSearch={onSearch} />
    </Stack>
  );
}

function PlannedTags({ namespace, search, onSearch }: Props) {
  const { t } = useTranslation();
  const query = usePlan(namespace, search);
  if (query.error) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const { repositories, next, next_tag: nextTag } = query.data;
  const rows = repositories.flatMap(({ id, full_name, tags }) =>
    tags.map((tag) => ({ ...tag, key: `${id} ${tag.name}`, place: `${full_name}:${tag.name}` })),
  );
  const begin: PlanSearch = { plan: true, ...(search.drops === true ? { drops: true } : {}) };
  return (
    <Stack>
      {rows.length === 0 ? (
        <Empty text={t(search.drops === true ? 'retention.noDrops' : 'retention.planNone')} />
      ) : (
        <PlanTable of={rows} />
      )}
      <Group justify="flex-end">
        {search.after !== undefined && (
          <Button variant="default" size="xs" onClick={() => onSearch(begin)}>
            {t('retention.fromStart')}
          </Button>
        )}
        {next !== null && (
          <Button
            variant="default"
            size="xs"
            onClick={() => onSearch({ ...begin, after: next, ...(nextTag === null ? {} : { afterTag: nextTag }) })}
          >
            {t('retention.more')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

function usePlan(namespace: number | null, { after, afterTag, drops }: PlanSearch) {
  const query = {
    ...(after === undefined ? {} : { after }),
    ...(afterTag === undefined ? {} : { after_tag: afterTag }),
    ...(drops === true ? { verdict: 'drop' as const } : {}),
  };
  return useOne(['retention', namespace, 'plan', query], (signal) =>
    namespace === null
      ? api.GET('/api/v1/retention/plan', { params: { query }, signal })
      : api.GET('/api/v1/namespaces/{id}/retention/plan', { params: { path: { id: namespace }, query }, signal }),
  );
}

type PlannedTag = Answered<'RetentionPlan'>['repositories'][number]['tags'][number];

function PlanTable({ of }: { of: readonly (PlannedTag & { key: string; place: string })[] }) {
  const { t } = useTranslation();
  return (
    <TableFrame minWidth={640} label={t('retention.plan')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('retention.tag')}</Table.Th>
          <Table.Th>{t('tags.columns.image')}</Table.Th>
          <Table.Th>{t('retention.verdict')}</Table.Th>
          <Table.Th>{t('retention.rule')}</Table.Th>
          <Table.Th>{t('retention.because')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {of.map(({ key, place, digest, verdict, rule, because }) => (
          <Table.Tr key={key}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{place}</Table.Td>
            <Table.Td>
              <Digest digest={digest} />
            </Table.Td>
            <Table.Td>
              <Badge color={verdict === 'drop' ? 'red' : 'teal'}>{t(`retention.verdicts.${verdict}`)}</Badge>
            </Table.Td>
            <Table.Td>{rule?.name ?? t('retention.noRule')}</Table.Td>
            <Table.Td>{because}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </TableFrame>
  );
}
