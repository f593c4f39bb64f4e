import { Code, Group, SegmentedControl, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { CopyIcon } from '../../parts/copy.js';
import { ErrorBox } from '../../parts/error-box.js';

const VERSIONS = ['3', '2.8'] as const;
const SECRET_PLACE = 'WEBHOOK_SECRET';

/** A ready config.yml and the files that it names; `secret` is put in where it is known (null: it is not). */
export function RegistryConfig({ id, secret }: { id: number; secret: string | null }) {
  const { t } = useTranslation();
  const [version, setVersion] = useState<(typeof VERSIONS)[number]>('3');
  const [address, setAddress] = useState(window.location.origin);
  const [portus_url] = useDebouncedValue(address, 400);
  const query = useOne(['registries', id, 'config', version, portus_url], (signal) =>
    api.GET('/api/v1/registries/{id}/config', {
      params: { path: { id }, query: { version, portus_url } },
      signal,
    }),
  );
  const files = query.data && [
    { path: 'config.yml', text: secret === null ? query.data.config : query.data.config.replace(SECRET_PLACE, secret) },
    ...query.data.files,
  ];
  return (
    <Stack>
      <Group align="flex-end">
        <SegmentedControl
          aria-label={t('config.version')}
          data={VERSIONS.map((value) => ({ value, label: t('config.version') + ' ' + t(`config.versions.${value}`) }))}
          value={version}
          onChange={(value) => setVersion(value)}
        />
        <TextInput
          label={t('config.address')}
          type="url"
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
          w={320}
        />
      </Group>
      <Text size="sm">{t('config.intro')}</Text>
      {secret === null && <Text size="sm">{t('config.place')}</Text>}
      {query.error && <ErrorBox error={query.error} />}
      {files?.map(({ path, text }) => (
        <File key={path} path={path} text={text} />
      ))}
    </Stack>
  );
}

function File({ path, text }: { path: string; text: string }) {
  const { t } = useTranslation();
  const label = t('config.file', { path });
  return (
    <section aria-label={label}>
      <Group gap="xs">
        <Title order={3} size="h5">
          {label}
        </Title>
        <CopyIcon text={text} of={path} />
      </Group>
      <Code block tabIndex={0} mah={320} style={{ overflow: 'auto' }} aria-label={label} role="region">
        {text}
      </Code>
    </section>
  );
}
