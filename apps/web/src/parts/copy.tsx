import { ActionIcon, Code, CopyButton, Group, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

/** A text to take along, with a button that copies it. */
export function Copy({ text, shown = text }: { text: string; shown?: string }) {
  return (
    <Group gap={4} wrap="nowrap">
      <Code title={text} className="copied">
        {shown}
      </Code>
      <CopyIcon text={text} />
    </Group>
  );
}

/** The button alone; `of` names a text that is too long to be its own name. */
export function CopyIcon({ text, of = text }: { text: string; of?: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={text} timeout={2_000}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('copied') : t('copy')}>
          <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label={`${t('copy')}: ${of}`}>
            {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** A digest by its first twelve digits; the whole of it is copied, and shown on hover. */
export function Digest({ digest }: { digest: string }) {
  return <Copy text={digest} shown={shortDigest(digest)} />;
}

/** `sha256:0123456789ab`, as tools show it. */
export function shortDigest(digest: string): string {
  const [algorithm, hex = ''] = digest.split(':');
  return `${algorithm}:${hex.slice(0, 12)}`;
}
