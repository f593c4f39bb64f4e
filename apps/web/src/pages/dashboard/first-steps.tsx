import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { useRegistryHost } from '../../api/registry-host.js';
import { PushCommands } from '../../parts/client-commands.js';
import { Copy } from '../../parts/copy.js';
import { Box } from './box.js';

const LOOK_MS = 5_000;

/** For one who sees no image yet: how the first one gets here. It goes away when there is one. */
export function FirstSteps({ username }: { username: string }) {
  const { t } = useTranslation();
  const host = useRegistryHost();
  const images = useList(
    ['repositories', 'any'],
    (signal) => api.GET('/api/v1/repositories', { params: { query: { per_page: 1 } }, signal }),
    { every: LOOK_MS },
  );
  if (host === null || images.data?.items.length !== 0) return null;
  return (
    <Box title={t('first.title')}>
      <Text>{t('first.intro')}</Text>
      <Stack gap={4}>
        <Text size="sm">{t('first.login')}</Text>
        <Copy text={`docker login ${host} -u ${username}`} />
      </Stack>
      <PushCommands place={`${host}/${username.toLowerCase()}/hello`} />
    </Box>
  );
}
