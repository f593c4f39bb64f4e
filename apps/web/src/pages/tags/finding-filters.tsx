import { Button, Group, Select, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SEVERITIES } from '../../parts/severity.js';
import type { FindingFilter } from './tag-search.js';

interface Props {
  of: FindingFilter;
  scanners: readonly string[];
  onFilter: (filter: FindingFilter) => void;
}

/** Chooses which findings are looked at; what is typed counts when it is sent off, what is chosen at once. */
export function FindingFilters({ of, scanners, onFilter }: Props) {
  const { t } = useTranslation();
  const choose = (name: keyof FindingFilter, value: string | null) => {
    const { [name]: _former, ...others } = of;
    onFilter(value === null || value === '' ? others : { ...others, [name]: value });
  };
  return (
    <Group gap="xs" role="group" aria-label={t('findings.apply')}>
      <Select
        aria-label={t('findings.severity')}
        placeholder={t('findings.anySeverity')}
        data={SEVERITIES.map((value) => ({ value, label: t(`severity.${value}`) }))}
        value={of.severity ?? null}
        clearable
        w={180}
        onChange={(value) => choose('severity', value)}
      />
      <Select
        aria-label={t('findings.fixed')}
        placeholder={t('findings.anyFix')}
        data={[
          { value: 'true', label: t('findings.fixableOnly') },
          { value: 'false', label: t('findings.unfixableOnly') },
        ]}
        value={of.fixable ?? null}
        clearable
        w={220}
        onChange={(value) => choose('fixable', value)}
      />
      <Select
        aria-label={t('findings.scanners')}
        placeholder={t('findings.anyScanner')}
        data={[...new Set([...scanners, ...(of.scanner === undefined ? [] : [of.scanner])])]}
        value={of.scanner ?? null}
        clearable
        w={180}
        onChange={(value) => choose('scanner', value)}
      />
      <Typed label={t('findings.byPackage')} value={of.package ?? ''} onSend={(text) => choose('package', text)} />
      <Typed
        label={t('findings.byName')}
        value={of.vulnerability ?? ''}
        onSend={(text) => choose('vulnerability', text)}
      />
      {Object.keys(of).length > 0 && (
        <Button variant="subtle" onClick={() => onFilter({})}>
          {t('findings.clear')}
        </Button>
      )}
    </Group>
  );
}

function Typed({ label, value, onSend }: { label: string; value: string; onSend: (text: string) => void }) {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  // The address has changed by other means: the field follows it.
  if (known !== value) {
    setKnown(value);
    setText(value);
  }
  const send = (event: FormEvent) => {
    event.preventDefault();
    onSend(text.trim());
  };
  return (
    <form onSubmit={send}>
      <TextInput
        aria-label={label}
        placeholder={label}
        value={text}
        maxLength={256}
        spellCheck={false}
        w={200}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => text.trim() !== value && onSend(text.trim())}
      />
    </form>
  );
}
