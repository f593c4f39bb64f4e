import { Badge, Group, Stack, Text, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../libs/client/src/client.js';
import { SeverityCounts } from './severity.js';
import { Time } from './time.js';

type Scan = Answered<'Scan'>;
export type ScanStateName = Scan['state'];

const COLORS: Record<ScanStateName, string> = {
  none: 'gray',
  queued: 'blue',
  running: 'blue',
  done: 'teal',
  failed: 'red',
  unsupported: 'gray',
};

/** Whether a new verdict is to be expected soon. */
export const isUnderWay = (state: ScanStateName): boolean => state === 'queued' || state === 'running';

/** How the newest scan is, with the reason on hover. */
export function ScanState({ of, reason }: { of: ScanStateName; reason?: string | null }) {
  const { t } = useTranslation();
  const badge = <Badge color={COLORS[of]}>{t(`scans.states.${of}`)}</Badge>;
  if (!reason) return badge;
  return (
    <Tooltip label={reason} multiline maw={400} events={{ hover: true, focus: true, touch: true }}>
      {badge}
    </Tooltip>
  );
}

/**
 * The verdict of an image in a list. Only a verdict says that nothing was found, and then with its date; what was not
 * scanned, failed or cannot be scanned says so, also beside a verdict that is older.
 */
export function ScanVerdict({ of: { state, reason, verdict_at, counts, worst, demo } }: { of: Scan }) {
  if (verdict_at === null || counts === null) return <ScanState of={state} reason={reason} />;
  return (
    <Stack gap={2} align="flex-start">
      <Group gap={4}>
        {worst === null ? <NothingFound /> : <SeverityCounts of={counts} />}
        {state !== 'done' && <ScanState of={state} reason={reason} />}
        {demo && <Demo />}
      </Group>
      <AsOf at={verdict_at} />
    </Stack>
  );
}

/** The verdicts of all images of a repository; while some have none, that is said, and nothing is called clean. */
export function RepositoryVerdict({ of }: { of: Answered<'RepositoryScan'> }) {
  const { t } = useTranslation();
  const { images, unknown_images: unknown, verdict_at, worst, counts, demo } = of;
  if (images === 0) return <span>–</span>;
  if (verdict_at === null) return <ScanState of="none" />;
  return (
    <Stack gap={2} align="flex-start">
      {worst !== null && <SeverityCounts of={counts} />}
      {worst === null && unknown === 0 && <NothingFound />}
      {demo && <Demo />}
      {unknown > 0 && (
        <Text size="xs" c="dimmed">
          {t('verdict.partly', { unknown, images })}
        </Text>
      )}
      <AsOf at={verdict_at} />
    </Stack>
  );
}

/** Marks what a scanner says that makes its findings up. */
export function Demo() {
  const { t } = useTranslation();
  return <Badge color="orange">{t('scans.demo')}</Badge>;
}

function NothingFound() {
  const { t } = useTranslation();
  return <Badge color="teal">{t('verdict.clean')}</Badge>;
}

function AsOf({ at }: { at: string }) {
  const { t } = useTranslation();
  return (
    <Text size="xs" c="dimmed">
      {t('verdict.asOf')} <Time at={at} />
    </Text>
  );
}
