import { Skeleton, Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { pullCommands } from '../../parts/pull-commands.js';
import { Copy } from '../../parts/copy.js';

interface Props {
  tag: Answered<'Tag'>;
  /** Media type of what it is: of the artifact or, where it names none, of its configuration. undefined: not known yet. */
  kind: string | null | undefined;
}

/** How to get this tag, tool by tool. */
export function PullCommands({ tag, kind }: Props) {
  const { t } = useTranslation();
  if (kind === undefined) return <Skeleton height={76} />;
  const commands = pullCommands({
    registry: tag.repository.registry_hostname,
    repository: tag.repository.full_name,
    tag: tag.name,
    digest: tag.digest,
    artifactType: kind,
  });
  return (
    <Tabs defaultValue={commands[0]?.[0] ?? null} variant="pills" aria-label={t('commands.pull')}>
      <Tabs.List mb="xs">
        {commands.map(([tool]) => (
          <Tabs.Tab key={tool} value={tool}>
            {tool === 'digest' ? t('commands.byDigest') : tool}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {commands.map(([tool, command]) => (
        <Tabs.Panel key={tool} value={tool}>
          <Copy text={command} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
