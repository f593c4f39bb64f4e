import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { pullCommands } from '../../parts/client-commands.js';
import { Copy } from '../../parts/copy.js';

/** How to get this tag, tool by tool. */
export function PullCommands({ tag }: { tag: Answered<'Tag'> }) {
  const { t } = useTranslation();
  const commands = pullCommands({
    registry: tag.repository.registry_hostname,
    repository: tag.repository.full_name,
    tag: tag.name,
    digest: tag.digest,
    artifactType: tag.artifact_type,
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
