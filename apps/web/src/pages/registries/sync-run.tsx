import { Alert, Badge, Button, Group, Stack, Title } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange, useList, useOne } from '../../api/queries.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Facts } from '../../parts/facts.js';
import { Loading } from '../../parts/loading.js';
import { PageError } from '../../parts/page-error.js';
import { Page } from '../../parts/page.js';
import { Time } from '../../parts/time.js';
import { DifferenceList } from './difference-list.js';
import { isUnderWay, SyncProgress, SyncState } from './sync-progress.js';

type Run = Answered<'SyncRun'>;

/** One run: how far it is, what it found, and what it waits to be allowed. */
export function SyncRun() {
  const { t } = useTranslation();
  const params = useParams({ from: '/signed-in/admin/registries/$id/syncs/$run' });
  const path = { id: Number(params.id), run: Number(params.run) };
  const query = useOne(
    ['registries', path.id, 'runs', 'one', path.run],
    (signal) => api.GET('/api/v1/registries/{id}/sync_runs/{run}', { params: { path }, signal }),
    { every: 1_000 },
  );
  if (query.error && !query.data) return <PageError error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const run = query.data;
  return (
    <Page title={t('syncs.run', { id: run.id })} acts={<Acts run={run} />}>
      <Facts
        facts={[
          [
            t('drift.state'),
            <Group key="state" gap={4}>
              <SyncState of={run.state} />
              {run.dry_run && <Badge>{t('syncs.dryRun')}</Badge>}
            </Group>,
          ],
          [t('syncs.result'), <SyncProgress key="progress" run={run} />],
          [t('syncs.mode'), t(`syncs.modes.${run.mode}`)],
          [t('syncs.strategy'), run.strategy],
          [t('syncs.by'), run.requested_by ?? run.reason],
          [t('syncs.begun'), <Time key="begun" at={run.started_at} />],
          [t('syncs.changes'), changes(run)],
          [t('syncs.planned'), run.removals.planned],
          ...(run.removals.approved_by === null ? [] : [[t('syncs.approvedBy'), run.removals.approved_by] as const]),
        ]}
      />
      {run.state === 'waiting' && (
        <Alert color="orange" title={t('syncs.states.waiting')}>
          {t('syncs.approves')}
        </Alert>
      )}
      <Title order={2} size="h3">
        {t(run.removals.planned > 0 ? 'syncs.plan' : 'syncs.found')}
      </Title>
      <Differences path={path} live={isUnderWay(run)} />
    </Page>
  );
}

function changes({ changes: counts }: Run): string {
  const made = Object.entries(counts).filter(([, count]) => count > 0);
  return made.length === 0 ? '–' : made.map(([name, count]) => `${name.replaceAll('_', ' ')}: ${count}`).join(', ');
}

function Acts({ run }: { run: Run }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const path = { id: run.registry_id, run: run.id };
  const outdates = [['registries', path.id]] as const;
  const approve = useChange(
    () => api.POST('/api/v1/registries/{id}/sync_runs/{run}/approve', { params: { path } }),
    outdates,
  );
  const cancel = useChange(
    () => api.POST('/api/v1/registries/{id}/sync_runs/{run}/cancel', { params: { path } }),
    outdates,
  );
  const undo = useChange(
    () => api.POST('/api/v1/registries/{id}/sync_runs/{run}/undo', { params: { path } }),
    outdates,
  );
  const again = useChange(() => doIt(run), outdates);
  const open = (made: Run) => void navigate({ to: `/admin/registries/${path.id}/syncs/${made.id}` });
  const error = approve.error ?? cancel.error ?? undo.error ?? again.error;
  const waits = run.state === 'waiting';
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {waits && (
          <Button loading={approve.isPending} onClick={() => approve.mutate()}>
            {t('syncs.approve')}
          </Button>
        )}
        {run.dry_run && run.state === 'done' && (
          <Button loading={again.isPending} onClick={() => again.mutate(undefined, { onSuccess: open })}>
            {t('syncs.again')}
          </Button>
        )}
        {run.removals.restorable > 0 && (
          <Button
            variant="default"
            loading={undo.isPending}
            onClick={() => undo.mutate(undefined, { onSuccess: open })}
          >
            {t('syncs.undo')}
          </Button>
        )}
        {(waits || isUnderWay(run)) && (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('syncs.cancel')}
          </Button>
        )}
      </Group>
      {error && <ErrorBox error={error} />}
    </Stack>
  );
}

/** The same run once more, for good. */
function doIt({ registry_id: id, mode, strategy }: Run) {
  const named = strategy === 'update' || strategy === 'update-delete' ? { strategy } : {};
  return api.POST('/api/v1/registries/{id}/sync', {
    params: { path: { id } },
    body: { mode, dry_run: false, ...named },
  });
}

function Differences({ path, live }: { path: { id: number; run: number }; live: boolean }) {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/admin/registries/$id/syncs/$run' });
  const navigate = useNavigate({ from: '/admin/registries/$id/syncs/$run' });
  const query = useList(
    ['registries', path.id, 'runs', 'one', path.run, 'differences', search.page],
    (signal) =>
      api.GET('/api/v1/registries/{id}/sync_runs/{run}/differences', {
        params: { path, query: search.page === undefined ? {} : { page: search.page } },
        signal,
      }),
    { every: live ? 1_000 : 5_000 },
  );
  return (
    <DifferenceList
      label={t('drift.label')}
      query={query}
      search={search}
      onSearch={(next) => void navigate({ search: next })}
      empty={<Empty text={t('syncs.nothingFound')} />}
    />
  );
}
