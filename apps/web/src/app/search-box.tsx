import { TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';

/** Searches everything; `/` and Ctrl-K lead here. */
export function SearchBox() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const focus = () => input.current?.select();
  useHotkeys([
    ['/', focus],
    ['mod+K', focus],
  ]);
  const search = (event: FormEvent) => {
    event.preventDefault();
    const q = input.current?.value.trim() ?? '';
    if (q !== '') void navigate({ to: '/search', search: { q } });
  };
  return (
    <form role="search" onSubmit={search}>
      <TextInput
        ref={input}
        type="search"
        aria-label={t('search.label')}
        placeholder={t('search.hint')}
        leftSection={<IconSearch size={16} aria-hidden />}
        maxLength={255}
        w={{ base: 130, xs: 220, md: 340 }}
      />
    </form>
  );
}
