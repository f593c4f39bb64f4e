import { Button, Group, Modal, Stack } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';
import type { FormEventHandler, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from './error-box.js';

interface Props {
  title: string;
  act: string;
  opened: boolean;
  change: Pick<UseMutationResult, 'isPending' | 'error'>;
  onClose: () => void;
  onSubmit: FormEventHandler<HTMLFormElement>;
  children: ReactNode;
}

/** A few questions before something is made. */
export function FormModal({ title, act, opened, change, onClose, onSubmit, children }: Props) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <form onSubmit={onSubmit}>
        <Stack>
          {change.error && <ErrorBox error={change.error} />}
          {children}
          <Group justify="flex-end">
            <Button type="submit" loading={change.isPending}>
              {act}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
