import { TagsInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client.js';
import { useList } from '../api/queries.js';

/** Typing asks the server a moment after it has stopped. */
const WAIT_MS = 200;
const SUGGESTED = 20;

interface Props {
  value?: string[];
  onChange?: (names: string[]) => void;
  error?: string;
}

/**
 * Names of namespaces, also of those that do not exist yet. What is suggested is found by the server, and shown while
 * somebody types and no longer: the list would lie over what comes after it.
 */
export function NamespacesInput(props: Props) {
  const { t } = useTranslation();
  const [opened, list] = useDisclosure();
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), WAIT_MS);
  const known = useList(['namespaces', 'to choose from', search], (signal) =>
    api.GET('/api/v1/namespaces', {
      params: { query: { per_page: SUGGESTED, sort_attr: 'name', ...(search === '' ? {} : { search }) } },
      signal,
    }),
  );
  const names = known.data?.items.filter(({ global }) => !global).map(({ name }) => name) ?? [];
  const type = (typed: string) => {
    setText(typed);
    if (typed === '') list.close();
    else list.open();
  };
  return (
    <TagsInput
      label={t('tokens.namespaces')}
      description={t('tokens.namespacesHint')}
      data={[...new Set(names)]}
      searchValue={text}
      onSearchChange={type}
      openOnFocus={false}
      dropdownOpened={opened}
      onDropdownOpen={list.open}
      onDropdownClose={list.close}
      {...props}
    />
  );
}
