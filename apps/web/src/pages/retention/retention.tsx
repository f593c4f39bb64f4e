import { Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page.js';
import { Plan } from './plan.js';
import { Rules } from './rules.js';
import { TagAlarms } from './tag-alarms.js';

/** Rules by which tags of all namespaces are dropped or protected, and what became of the protected ones. */
export function Retention() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/admin/retention' });
  const navigate = useNavigate({ from: '/admin/retention' });
  const { cursor: _former, ...others } = search;
  return (
    <Page title={t('retention.title')}>
      <Text>{t('retention.intro')}</Text>
      <Rules namespace={null} />
      <Plan namespace={null} search={search} onSearch={(next) => void navigate({ search: next })} />
      <TagAlarms search={search} onSearch={(next) => void navigate({ search: { ...others, ...next } })} />
    </Page>
  );
}
