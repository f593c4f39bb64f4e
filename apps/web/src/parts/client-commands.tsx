import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Copy } from './copy.js';

/** How to push to a repository (`host/path`), for one who has not. */
export function PushCommands({ repository, registry }: { repository: string; registry?: string }) {
  const { t } = useTranslation();
  const place = registry === undefined ? repository : `${registry}/${repository}`;
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
  const skopeo = ['skopeo', `skopeo copy docker://${place}:${tag} dir:${repository.split('/').at(-1)}`] as const;
  if (artifactType !== null && !artifactType.includes('image')) return [['oras', `oras pull ${place}:${tag}`], skopeo];
  return [
    ['docker', `docker pull ${place}:${tag}`],
    ['podman', `podman pull ${place}:${tag}`],
    ['nerdctl', `nerdctl pull ${place}:${tag}`],
    skopeo,
    ['digest', `docker pull ${place}@${digest}`],
  ];
}
