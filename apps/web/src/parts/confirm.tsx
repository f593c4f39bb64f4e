import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from './error-box.js';

interface Props {
  title: string;
  /** What has to be typed before the act can be done. */
  name: string;
  act: string;
  opened: boolean;
  change: Pick<UseMutationResult, 'isPending' | 'error'>;
  disabled?: boolean;
  onClose: () => void;
  onConfirm: () => void;
  children: ReactNode;
}

/** Before something is destroyed: what will be gone, and its name to be typed. */
export function ConfirmByName({ title, name, act, opened, change, disabled, onClose, onConfirm, children }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const close = () => {
    setTyped('');
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': t('close') }} size="lg">
      <Stack>
        {children}
        {change.error && <ErrorBox error={change.error} />}
        <TextInput
          label={<Text size="sm">{t('typeToConfirm', { name, interpolation: { escapeValue: false } })}</Text>}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('cancel')}
          </Button>
          <Button
            color="red"
            disabled={disabled === true || typed !== name}
            loading={change.isPending}
            onClick={onConfirm}
          >
            {act}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
