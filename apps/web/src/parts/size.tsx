import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A size for people (powers of 1000, as registries show them), with the bytes on hover. */
export function Size({ bytes }: { bytes: number | null | undefined }) {
  const { t, i18n } = useTranslation();
  if (bytes === null || bytes === undefined) return <span>{t('unknown')}</span>;
  return (
    <Tooltip label={`${bytes.toLocaleString(i18n.language)} B`} events={{ hover: true, focus: true, touch: true }}>
      <span className="in-one-line">{humanSize(bytes, i18n.language)}</span>
    </Tooltip>
  );
}

/** Three digits that matter, and a unit: 1.98 MB. */
export function humanSize(bytes: number, language: string): string {
  const step = bytes < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** step;
  return `${value.toLocaleString(language, { maximumSignificantDigits: 3 })} ${UNITS[step]}`;
}
