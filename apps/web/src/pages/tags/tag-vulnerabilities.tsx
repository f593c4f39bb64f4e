import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { Facts } from '../../parts/facts.js';
import { Demo } from '../../parts/scan-verdict.js';
import { SeverityCounts } from '../../parts/severity.js';
import { Time } from '../../parts/time.js';
import { Findings } from './findings.js';
import { Sboms } from './sboms.js';
import { ScanActs } from './scan-acts.js';
import { ScanAnswer } from './scan-answer.js';

type Tag = Answered<'Tag'>;

/** What scanners found in the image, how sure and how old that is, and what can be done about it. */
export function TagVulnerabilities({ tag }: { tag: Tag }) {
  const known = tag.scan.verdict_at !== null;
  const verdict = useOne(['tags', tag.id, 'verdict', tag.scan.verdict_at], (signal) =>
    api.GET('/api/v1/tags/{id}/verdict', { params: { path: { id: tag.id } }, signal }),
  );
  const scanners = verdict.data?.scanners ?? [];
  return (
    <Stack>
      <ScanAnswer of={tag.scan} />
      <ScanActs id={tag.id} known={known} />
      <ScannerFacts of={scanners} />
      {known && <Findings tag={tag} scanners={[...new Set(scanners.map(({ scanner }) => scanner))]} />}
      <Sboms id={tag.id} />
    </Stack>
  );
}

/** Which scanner said what when, with which data. */
function ScannerFacts({ of }: { of: Answered<'Verdict'>['scanners'] }) {
  const { t } = useTranslation();
  return (
    <>
      {of.map(({ scanner, demo, digest, version, data_at, completed_at, counts }) => (
        <Facts
          key={`${scanner} ${digest}`}
          facts={[
            [
              t('verdict.scanners'),
              <span key="name">
                {scanner} {version} {demo && <Demo />}
              </span>,
            ],
            [t('verdict.completed'), <Time key="completed" at={completed_at} />],
            [t('scans.dataOf'), data_at === null ? t('scans.noDate') : <Time key="data" at={data_at} />],
            [t('findings.list'), <CountsOrNone key="counts" of={counts} />],
          ]}
        />
      ))}
    </>
  );
}

function CountsOrNone({ of }: { of: Answered<'SeverityCounts'> }) {
  const { t } = useTranslation();
  const { fixable, ...rest } = of;
  if (Object.values(rest).every((count) => count === 0)) return <span>{t('verdict.clean')}</span>;
  return (
    <Stack gap={2}>
      <SeverityCounts of={of} />
      <span>{t('verdict.fixable', { count: fixable })}</span>
    </Stack>
  );
}
