import { Anchor, Button, Group, Stack, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { Severity } from '../../parts/severity.js';

/** In which images a vulnerability was found, of those that this person may pull. */
export function AffectedImages() {
  const { t } = useTranslation();
  const { cve } = useSearch({ from: '/signed-in/scans' });
  const navigate = useNavigate({ from: '/scans' });
  const input = useRef<HTMLInputElement>(null);
  const find = (event: FormEvent) => {
    event.preventDefault();
    const name = input.current?.value.trim() ?? '';
    void navigate({ search: name === '' ? { tab: 'images' } : { tab: 'images', cve: name } });
  };
  return (
    <Stack>
      <form onSubmit={find} role="search" aria-label={t('scans.tabs.images')}>
        <Group align="flex-end">
          <TextInput
            key={cve ?? ''}
            ref={input}
            label={t('scans.cve')}
            description={t('scans.cveHint')}
            defaultValue={cve ?? ''}
            maxLength={256}
            spellCheck={false}
            w={{ base: '100%', xs: 320 }}
          />
          <Button type="submit">{t('scans.find')}</Button>
        </Group>
      </form>
      {cve === undefined ? <Empty text={t('scans.ask')} /> : <ImagesOf name={cve} />}
    </Stack>
  );
}

function ImagesOf({ name }: { name: string }) {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/scans' });
  const navigate = useNavigate({ from: '/scans' });
  const { page } = search;
  const query = useList(['vulnerabilities', name, page], (signal) =>
    api.GET('/api/v1/vulnerabilities/{name}/images', {
      params: { path: { name }, query: page === undefined ? {} : { page } },
      signal,
    }),
  );
  return (
    <DataList
      label={name}
      query={query}
      keyOf={(hit) => `${hit.tag.id} ${hit.package} ${hit.installed_version}`}
      search={search}
      onSearch={(next) => void navigate({ search: { ...next, tab: 'images', cve: name } })}
      empty={<Empty text={t('scans.unaffected', { name })} />}
      columns={[
        {
          title: t('scans.image'),
          cell: ({ tag, repository }) => (
            <Anchor
              renderRoot={(props) => (
                <Link to="/tags/$id" params={{ id: String(tag.id) }} search={{ tab: 'vulnerabilities' }} {...props} />
              )}
            >
              {repository.full_name}:{tag.name}
            </Anchor>
          ),
        },
        { title: t('findings.severity'), cell: ({ severity }) => <Severity of={severity} /> },
        { title: t('findings.package'), cell: (hit) => hit.package },
        { title: t('findings.installed'), cell: ({ installed_version }) => installed_version },
        { title: t('findings.fixed'), cell: ({ fixed_by }) => fixed_by ?? t('findings.noFix') },
      ]}
    />
  );
}
