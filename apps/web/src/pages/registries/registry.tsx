import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { Facts } from '../../parts/facts.js';
import { Loading } from '../../parts/loading.js';
import { PageError } from '../../parts/page-error.js';
import { Page } from '../../parts/page.js';
import { PageTabs } from '../../parts/page-tabs.js';
import { Time } from '../../parts/time.js';
import { Drift } from './drift.js';
import { RegistryConfig } from './registry-config.js';
import { RegistryForm } from './registry-form.js';
import { Secret } from './secret.js';
import { Syncs } from './syncs.js';

/** One registry: whether the catalog is equal to it, and what makes it so. */
export function Registry() {
  const { t } = useTranslation();
  const id = Number(useParams({ from: '/signed-in/admin/registries/$id' }).id);
  const { tab = 'drift' } = useSearch({ from: '/signed-in/admin/registries/$id' });
  const navigate = useNavigate({ from: '/admin/registries/$id' });
  const [editing, form] = useDisclosure();
  const query = useOne(
    ['registries', id],
    (signal) => api.GET('/api/v1/registries/{id}', { params: { path: { id } }, signal }),
    { every: 5_000 },
  );
  if (query.error && !query.data) return <PageError error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  return (
    <Page title={query.data.name} acts={<Button onClick={form.open}>{t('registries.edit')}</Button>}>
      {editing && <RegistryForm of={query.data} onClose={form.close} />}
      <About registry={query.data} />
      <PageTabs
        tab={tab}
        titleOf={(name) => t(`registries.tabs.${name}`)}
        onTab={(next) => void navigate({ search: next === undefined ? {} : { tab: next } })}
        panels={{
          drift: <Drift id={id} />,
          syncs: <Syncs id={id} />,
          secret: <Secret id={id} state={query.data.webhook_secret} />,
          config: <RegistryConfig id={id} secret={null} />,
        }}
      />
    </Page>
  );
}

function About({ registry: it }: { registry: Answered<'Registry'> }) {
  const { t } = useTranslation();
  return (
    <Facts
      facts={[
        [t('registries.namesEqual'), <Time key="names" at={it.names_equal_at} />],
        [t('registries.digestsEqual'), <Time key="digests" at={it.digests_equal_at} />],
        [t('registries.hostname'), `${it.use_ssl ? 'https' : 'http'}://${it.hostname}`],
        [t('registries.external'), it.external_hostname ?? it.hostname],
        [t('registries.strategy'), t(`registries.strategies.${it.sync_strategy ?? 'default'}`)],
        [t('registries.answers'), <Answers key="answers" id={it.id} />],
        [t('registries.clock'), <Clock key="clock" of={it.clock} />],
        [t('registries.problem'), <Problem key="problem" of={it.problem} />],
      ]}
    />
  );
}

function Answers({ id }: { id: number }) {
  const { t } = useTranslation();
  const { data } = useOne(
    ['registries', id, 'reachability'],
    (signal) => api.GET('/api/v1/registries/{id}/reachability', { params: { path: { id } }, signal }),
    { every: 15_000 },
  );
  if (!data) return <span>…</span>;
  return <span>{data.reachable ? t('registries.yes') : data.message}</span>;
}

function Clock({ of }: { of: Answered<'Registry'>['clock'] }) {
  const { t } = useTranslation();
  if (of === null) return <span>{t('unknown')}</span>;
  const seconds = Math.abs(Math.round(of.ahead_seconds));
  return <span>{t(`registries.clocks.${of.off}`, { seconds })}</span>;
}

function Problem({ of }: { of: Answered<'Registry'>['problem'] }) {
  const { t } = useTranslation();
  if (of === null) return <span>{t('registries.noProblem')}</span>;
  return (
    <span>
      {of.message} ({t('registries.since')} <Time at={of.since} />)
    </span>
  );
}
