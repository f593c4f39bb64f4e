import { Alert, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { isUnderWay, ScanVerdict } from '../../parts/scan-verdict.js';

type Scan = Answered<'Scan'>;

/** How it stands with the image in words: a scan that failed, or could not be made, never looks like a good one. */
export function ScanAnswer({ of }: { of: Scan }) {
  const { t } = useTranslation();
  const { state, reason, verdict_at } = of;
  const underWay = isUnderWay(state);
  if (verdict_at === null) {
    return (
      <Alert
        role="status"
        color={state === 'failed' ? 'red' : underWay ? 'blue' : 'orange'}
        title={`${t('verdict.unknown')}: ${t(`scans.states.${state}`)}`}
      >
        <Stack gap={4}>
          {reason !== null && <Text size="sm">{reason}</Text>}
          <Text size="sm">{t('verdict.unknownHint')}</Text>
          {state === 'none' && <Text size="sm">{t('scans.noneHint')}</Text>}
        </Stack>
      </Alert>
    );
  }
  return (
    <Stack>
      <ScanVerdict of={of} />
      {state !== 'done' && (
        <Alert
          role="status"
          color={underWay ? 'blue' : 'orange'}
          title={t('verdict.newest', { state: t(`scans.states.${state}`) })}
        >
          <Stack gap={4}>
            {reason !== null && <Text size="sm">{reason}</Text>}
            <Text size="sm">{t(underWay ? 'verdict.waits' : 'verdict.oldStays')}</Text>
          </Stack>
        </Alert>
      )}
    </Stack>
  );
}
