import { Button, Stack, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { useMe } from '../../api/session.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Page } from '../../parts/page.js';
import { PageTabs } from '../../parts/page-tabs.js';
import { Risks } from '../risks/risks.js';
import { AffectedImages } from './affected-images.js';
import { ScanQueue } from './scan-queue.js';
import { Scanners } from './scanners.js';
import type { ScansTab } from './scans-search.js';

/** What is scanned, by what, what came of it, and which risks are accepted. */
export function Scans() {
  const { t } = useTranslation();
  const me = useMe();
  const admin = me?.admin === true;
  const search = useSearch({ from: '/signed-in/scans' });
  const navigate = useNavigate({ from: '/scans' });
  const first: ScansTab = admin ? 'queue' : 'images';
  const tab = admin || search.tab !== 'queue' ? (search.tab ?? first) : first;
  return (
    <Page title={t('scans.title')} acts={admin ? <ScanAll /> : null}>
      <Scanners />
      <PageTabs
        tab={tab}
        titleOf={(name) => t(`scans.tabs.${name}`)}
        onTab={(next) => void navigate({ search: next === undefined ? {} : { tab: next } })}
        panels={{
          ...(admin ? { queue: <ScanQueue /> } : {}),
          images: <AffectedImages />,
          risks: (
            <Risks
              place={null}
              changeable={admin}
              search={search}
              onSearch={(next) => void navigate({ search: { ...next, tab: 'risks' } })}
            />
          ),
        }}
      />
    </Page>
  );
}

function ScanAll() {
  const { t } = useTranslation();
  const ask = useChange(() => api.POST('/api/v1/vulnerabilities'), [['scans']]);
  return (
    <Stack gap="xs" align="flex-end">
      <Button variant="default" loading={ask.isPending} onClick={() => ask.mutate()}>
        {t('scans.scanAll')}
      </Button>
      {ask.isSuccess && (
        <Text size="sm" role="status">
          {t('scans.asked')}
        </Text>
      )}
      {ask.error && <ErrorBox error={ask.error} />}
    </Stack>
  );
}
