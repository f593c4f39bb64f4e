import { Anchor, Badge, Button, Checkbox, Group, Paper, Select, Stack, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Time } from '../../parts/time.js';
import { SyncProgress, SyncState } from './sync-progress.js';

const MODES = ['names', 'deep'] as const;
const STRATEGIES = ['default', 'update', 'update-delete'] as const;

/** Runs that made, or make, the catalog equal to the registry. */
export function Syncs({ id }: { id: number }) {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/admin/registries/$id' });
  const navigate = useNavigate({ from: '/admin/registries/$id' });
  const query = useList(
    ['registries', id, 'runs', search.page],
    (signal) =>
      api.GET('/api/v1/registries/{id}/sync_runs', {
        params: { path: { id }, query: search.page === undefined ? {} : { page: search.page } },
        signal,
      }),
    { every: 2_000 },
  );
  return (
    <Stack>
      <StartSync id={id} />
      <Title order={2} size="h3">
        {t('syncs.runs')}
      </Title>
      <DataList
        label={t('syncs.runs')}
        query={query}
        keyOf={(run) => run.id}
        search={search}
        onSearch={(next) => void navigate({ search: { ...next, tab: 'syncs' } })}
        empty={<Empty text={t('syncs.none')} />}
        columns={[
          {
            title: '#',
            cell: (run) => (
              <Anchor component={Link} to={`/admin/registries/${id}/syncs/${run.id}`}>
                {t('syncs.run', { id: run.id })}
              </Anchor>
            ),
          },
          {
            title: t('syncs.mode'),
            cell: ({ mode, strategy, dry_run }) => (
              <Group gap={4}>
                {mode} · {strategy}
                {dry_run && <Badge>{t('syncs.dryRun')}</Badge>}
              </Group>
            ),
          },
          { title: t('drift.state'), cell: ({ state }) => <SyncState of={state} /> },
          { title: t('syncs.result'), cell: (run) => <SyncProgress run={run} /> },
          { title: t('syncs.by'), cell: ({ requested_by, reason }) => requested_by ?? reason },
          { title: t('syncs.begun'), cell: ({ started_at }) => <Time at={started_at} /> },
        ]}
      />
    </Stack>
  );
}

function StartSync({ id }: { id: number }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { mode: 'deep', strategy: 'default', dry: false } });
  const start = useChange(
    ({ mode, strategy, dry }: typeof form.values) =>
      api.POST('/api/v1/registries/{id}/sync', {
        params: { path: { id } },
        body: {
          mode: mode as (typeof MODES)[number],
          dry_run: dry,
          ...(strategy === 'default' ? {} : { strategy: strategy as 'update' | 'update-delete' }),
        },
      }),
    [['registries', id]],
  );
  const submit = form.onSubmit((values) =>
    start.mutate(values, { onSuccess: (run) => void navigate({ to: `/admin/registries/${id}/syncs/${run.id}` }) }),
  );
  return (
    <Paper withBorder p="md">
      <form onSubmit={submit} aria-label={t('syncs.start')}>
        <Stack>
          {start.error && <ErrorBox error={start.error} />}
          <Group align="flex-end">
            <Select
              label={t('syncs.mode')}
              data={MODES.map((value) => ({ value, label: t(`syncs.modes.${value}`) }))}
              allowDeselect={false}
              w={300}
              {...form.getInputProps('mode')}
            />
            <Select
              label={t('syncs.strategy')}
              data={STRATEGIES.map((value) => ({ value, label: t(`syncs.strategies.${value}`) }))}
              allowDeselect={false}
              w={340}
              {...form.getInputProps('strategy')}
            />
          </Group>
          <Checkbox label={t('syncs.dry')} {...form.getInputProps('dry', { type: 'checkbox' })} />
          <Group>
            <Button type="submit" loading={start.isPending}>
              {t('syncs.go')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
