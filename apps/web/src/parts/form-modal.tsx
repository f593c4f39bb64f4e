import { Button, Group, Modal, Stack } from '@mantine/core';
import type { FormEventHandler, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from './error-box.js';

interface Props {
  title: string;
  act: string;
  opened: boolean;
  busy: boolean;
  error: Error | null;
  onClose: () => void;
  onSubmit: FormEventHandler<HTMLFormElement>;
  children: ReactNode;
}

/** A few questions before something is made. */
export function FormModal({ title, act, opened, busy, error, onClose, onSubmit, children }: Props) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <form onSubmit={onSubmit}>
        <Stack>
          {error && <ErrorBox error={error} />}
          {children}
          <Group justify="flex-end">
            <Button type="submit" loading={busy}>
              {act}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
