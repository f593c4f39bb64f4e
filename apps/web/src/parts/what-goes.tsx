import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export interface Going {
  repositories: number;
  tags: number;
  immutable: string[];
}

/** What a deletion would take along, and what stands in its way. */
export function WhatGoes({ repositories, tags, immutable }: Going) {
  const { t } = useTranslation();
  return (
    <>
      <Text>{t('namespaces.deletes', { repositories, tags })}</Text>
      {immutable.length > 0 && <Text c="red">{t('immutableKept', { tags: immutable.join(', ') })}</Text>}
    </>
  );
}
