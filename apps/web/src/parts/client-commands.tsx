import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRegistryHost } from '../api/registry-host.js';
import { Copy } from './copy.js';

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

interface Pull {
  registry: string;
  repository: string;
  tag: string;
  digest: string;
  /** What is tagged: an image, a chart, or another artifact, which other tools pull. */
  artifactType: string | null;
}

/** How to get what is tagged, by the tools that can. */
export function pullCommands({
  registry,
  repository,
  tag,
  digest,
  artifactType,
}: Pull): readonly (readonly [tool: string, command: string])[] {
  const place = `${registry}/${repository}`;
  if (artifactType?.includes('helm')) return [['helm', `helm pull oci://${place} --version ${tag}`]];
  const from = `${plainFlag(registry, '--src-tls-verify')}docker://${place}:${tag}`;
  const skopeo = ['skopeo', `skopeo copy ${from} dir:${repository.split('/').at(-1)}`] as const;
  if (artifactType !== null && !artifactType.includes('image')) return [['oras', `oras pull ${place}:${tag}`], skopeo];
  return [
    ['docker', `docker pull ${place}:${tag}`],
    ['podman', `podman pull ${plainFlag(registry, '--tls-verify')}${place}:${tag}`],
    ['nerdctl', `nerdctl pull ${place}:${tag}`],
    skopeo,
    ['digest', `docker pull ${place}@${digest}`],
  ];
}

/** Docker speaks plain HTTP with this machine by itself; other tools want to be told. */
function plainFlag(host: string, flag: string): string {
  return /^(localhost|127\.0\.0\.1)(:|$)/.test(host) ? `${flag}=false ` : '';
}
