import { Badge, Group, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../libs/client/src/client.js';

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;
export type SeverityName = (typeof SEVERITIES)[number];

const COLORS: Record<SeverityName, string> = {
  critical: 'red',
  high: 'orange',
  medium: 'yellow',
  low: 'blue',
  negligible: 'gray',
  unknown: 'gray',
};

/** How bad it is. */
export function Severity({ of }: { of: SeverityName }) {
  const { t } = useTranslation();
  return <Badge color={COLORS[of]}>{t(`severity.${of}`)}</Badge>;
}

/** How many findings there are of each severity that occurs, the worst first. */
export function SeverityCounts({ of }: { of: Answered<'SeverityCounts'> }) {
  const { t, i18n } = useTranslation();
  return (
    <Group gap={4}>
      {SEVERITIES.filter((name) => of[name] > 0).map((name) => {
        const text = `${t(`severity.${name}`)}: ${of[name].toLocaleString(i18n.language)}`;
        return (
          <Tooltip key={name} label={text} events={{ hover: true, focus: true, touch: true }}>
            <Badge color={COLORS[name]} role="img" aria-label={text}>
              {t(`severity.${name}`).slice(0, 1)} {of[name].toLocaleString(i18n.language)}
            </Badge>
          </Tooltip>
        );
      })}
    </Group>
  );
}
