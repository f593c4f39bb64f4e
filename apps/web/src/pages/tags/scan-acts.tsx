import { Button, Group, Menu, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { useMe } from '../../api/session.js';
import { ErrorBox } from '../../parts/error-box.js';

const FORMATS = ['csv', 'json', 'sarif', 'vex'] as const;

/** Takes what was found along as a file, once there is a verdict; has it scanned anew, which administrators may. */
export function ScanActs({ id, known }: { id: number; known: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const scan = useChange(
    () => api.POST('/api/v1/vulnerabilities/{id}', { params: { path: { id } } }),
    [['tags', id], ['scans'], ['repositories']],
  );
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {me?.admin === true && (
          <Button loading={scan.isPending} onClick={() => scan.mutate()}>
            {t('scans.scanNow')}
          </Button>
        )}
        {known && (
          <Menu>
            <Menu.Target>
              <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
                {t('verdict.exports')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {FORMATS.map((format) => (
                <Menu.Item
                  key={format}
                  component="a"
                  href={`/api/v1/tags/${id}/vulnerabilities/export?format=${format}`}
                  download
                >
                  {t(`verdict.formats.${format}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
      {scan.isSuccess && (
        <Text size="sm" role="status">
          {t('scans.asked')}
        </Text>
      )}
      {scan.error && <ErrorBox error={scan.error} />}
    </Stack>
  );
}
