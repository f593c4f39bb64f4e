import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ComponentProps, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmByName } from './confirm.js';

interface Props extends Pick<ComponentProps<typeof ConfirmByName>, 'title' | 'name' | 'change'> {
  onConfirm: () => void;
  /** What goes with it; asked for when somebody wants to know. */
  children: ReactNode;
}

/** Deletes the subject of a page for good, once its name was typed. */
export function DeleteButton({ children, ...confirm }: Props) {
  const { t } = useTranslation();
  const [opened, modal] = useDisclosure();
  return (
    <>
      <Button variant="light" color="red" onClick={modal.open}>
        {t('delete')}
      </Button>
      <ConfirmByName {...confirm} act={t('delete')} opened={opened} onClose={modal.close}>
        {opened && children}
      </ConfirmByName>
    </>
  );
}
