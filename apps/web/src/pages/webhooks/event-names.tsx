import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';

export const EVENTS = ['push', 'delete', 'tag_moved', 'scan', 'new_finding'] as const;

/** What somebody is told of, in words. */
export function EventNames({ of }: { of: Answered<'Webhook'>['events'] }) {
  const { t } = useTranslation();
  return <span>{of.map((event) => t(`webhooks.eventNames.${event}`)).join(', ')}</span>;
}
