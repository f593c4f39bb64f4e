import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';

/** When a rule holds, in words. */
export function Conditions({ of }: { of: Answered<'RetentionRule'> }) {
  const { t } = useTranslation();
  const { older_than: old, not_pulled_for: unpulled, keep_latest: kept } = of;
  const all = [
    ...(old === null ? [] : [t('retention.old', { count: old })]),
    ...(unpulled === null ? [] : [t('retention.unpulled', { count: unpulled })]),
    ...(kept === null ? [] : [t('retention.newest', { count: kept })]),
  ];
  return <span>{all.length === 0 ? t('retention.always') : all.join(', ')}</span>;
}
