import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { PushCommands } from '../../parts/client-commands.js';
import { Copy } from '../../parts/copy.js';
import { Box } from './box.js';

const LOOK_MS = 5_000;

/** Whether this person sees no image yet; null while that is not known. */
export function useSeesNothing(): boolean | null {
  const images = useList(
    ['repositories', 'any'],
    (signal) => api.GET('/api/v1/repositories', { params: { query: { per_page: 1 } }, signal }),
    { every: LOOK_MS },
  );
  if (images.error && !images.data) return false;
  return images.data ? images.data.items.length === 0 : null;
}

/** For one who sees no image yet: how the first one gets to a registry (`host`). */
export function FirstSteps({ username, host }: { username: string; host: string }) {
  const { t } = useTranslation();
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
