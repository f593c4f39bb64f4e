import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRegistryHost } from '../api/registry-host.js';
import { Copy } from './copy.js';
import { plainFlag } from './pull-commands.js';

/** How to sign a client in; the registry's host is known where there is a namespace. */
export function LoginCommands({ username }: { username: string }) {
  const { t } = useTranslation();
  const host = useRegistryHost();
  if (host === null) return null;
  return (
    <Stack gap={4}>
      <Text size="sm">{t('commands.login')}</Text>
      <Copy text={`docker login ${host} -u ${username}`} />
      <Copy text={`skopeo login ${plainFlag(host, '--tls-verify')}${host} -u ${username}`} />
    </Stack>
  );
}

/** How to push to a place (`host/path`), for one who has not. */
export function PushCommands({ place }: { place: string }) {
  const { t } = useTranslation();
  return (
    <Stack gap={4}>
      <Text size="sm">{t('commands.push')}</Text>
      <Copy text={`docker tag IMAGE ${place}:latest`} />
      <Copy text={`docker push ${place}:latest`} />
    </Stack>
  );
}
