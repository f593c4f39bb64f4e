import { useTranslation } from 'react-i18next';
import { ErrorBox } from './error-box.js';
import { Page } from './page.js';

/** In the place of a page whose subject could not be had. */
export function PageError({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <Page title={t('errors.title')}>
      <ErrorBox error={error} onRetry={onRetry} />
    </Page>
  );
}
