import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { useMe } from '../../api/session.js';
import { useErrorText } from '../../parts/error-box.js';

/** Has all images of a repository scanned anew, which administrators may. */
export function ScanRepository({ id }: { id: number }) {
  const { t } = useTranslation();
  const me = useMe();
  const scan = useChange(
    () => api.POST('/api/v1/repositories/{id}/vulnerabilities', { params: { path: { id } } }),
    [['repositories', id], ['scans'], ['tags']],
  );
  const problem = useErrorText(scan.error ?? new Error(''));
  if (me?.admin !== true) return null;
  return (
    <>
      {scan.error && <span role="alert">{problem}</span>}
      {scan.isSuccess && <span role="status">{t('scans.asked')}</span>}
      <Button variant="default" loading={scan.isPending} onClick={() => scan.mutate()}>
        {t('scans.scanRepository')}
      </Button>
    </>
  );
}
