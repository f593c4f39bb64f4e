import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page.js';

/** What a person sees first. */
export function Dashboard() {
  const { t } = useTranslation();
  return <Page title={t('dashboard.title')}>{null}</Page>;
}
