import { Button, Group, Paper, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Markdown } from './markdown.js';

interface Props {
  text: string;
  /** Whether this person may write it. */
  changeable: boolean;
  saving: boolean;
  onSave: (text: string) => Promise<unknown>;
}

/** A description in Markdown, shown, and written anew by those who may. */
export function DescriptionEditor({ text, changeable, saving, onSave }: Props) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<string | null>(null);
  const save = async (written: string) => {
    await onSave(written);
    setDraft(null);
  };
  return (
    <Paper withBorder p="md">
      {draft === null ? (
        <Group justify="space-between" align="flex-start" wrap="nowrap">
          {text === '' ? <Text c="dimmed">{t('description.none')}</Text> : <Markdown text={text} />}
          {changeable && (
            <Button size="xs" variant="default" flex="none" onClick={() => setDraft(text)}>
              {t('description.edit')}
            </Button>
          )}
        </Group>
      ) : (
        <Stack>
          <Textarea
            label={t('description.label')}
            description={t('description.hint')}
            autosize
            minRows={4}
            maxRows={24}
            value={draft}
            onChange={(event) => setDraft(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setDraft(null)}>
              {t('cancel')}
            </Button>
            <Button loading={saving} onClick={() => void save(draft).catch(() => undefined)}>
              {t('save')}
            </Button>
          </Group>
        </Stack>
      )}
    </Paper>
  );
}
