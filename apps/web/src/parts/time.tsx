import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const STEPS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** A moment as people say it ("2 hours ago"), with the exact local time on hover and for screen readers. */
export function Time({ at }: { at: string | null | undefined }) {
  const { t, i18n } = useTranslation();
  if (!at) return <span>{t('never')}</span>;
  const date = new Date(at);
  const exact = date.toLocaleString(i18n.language, { dateStyle: 'medium', timeStyle: 'medium' });
  return (
    <Tooltip label={exact} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at} aria-label={exact} className="in-one-line">
        {relative(date, new Date(), i18n.language)}
      </time>
    </Tooltip>
  );
}

/** `now - at` in the largest unit that fits; under a minute it is "now". */
export function relative(at: Date, now: Date, language: string): string {
  const seconds = (at.getTime() - now.getTime()) / 1_000;
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, 'second');
}
