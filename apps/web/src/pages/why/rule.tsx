import { Badge, List, Text, ThemeIcon } from '@mantine/core';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';

/** A rule that was looked at; the one that holds decides, and stands out among the others. */
export function Rule({ of: { rule, held } }: { of: Answered<'Explanation'>['rules'][number] }) {
  const { t } = useTranslation();
  const Icon = held ? IconCheck : IconMinus;
  return (
    <List.Item
      icon={
        <ThemeIcon color={held ? 'teal' : 'gray'} variant="light" size={20} radius="xl" aria-hidden>
          <Icon size={12} />
        </ThemeIcon>
      }
    >
      {held ? (
        <>
          <b>{rule}</b> <Badge>{t('why.held')}</Badge>
        </>
      ) : (
        <Text span c="dimmed">
          {rule} <span className="only-read">{t('why.heldNot')}</span>
        </Text>
      )}
    </List.Item>
  );
}
