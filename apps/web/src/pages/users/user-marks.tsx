import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';

/** What sets a user apart from others. */
export function UserMarks({ of }: { of: Answered<'User'> }) {
  const { t } = useTranslation();
  return (
    <>
      {of.admin && <Badge>{t('users.admin')}</Badge>}
      {of.bot && <Badge color="gray">{t('users.bot')}</Badge>}
      {!of.enabled && <Badge color="red">{t('users.disabled')}</Badge>}
      {of.locked_at !== null && <Badge color="orange">{t('users.locked')}</Badge>}
    </>
  );
}
