import { Badge, Tooltip } from '@mantine/core';
import { IconLock, IconUsers, IconWorld } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

const ICONS = { private: IconLock, protected: IconUsers, public: IconWorld } as const;
export type VisibilityName = keyof typeof ICONS;
export const VISIBILITIES = Object.keys(ICONS) as VisibilityName[];

/** Who may pull: the team, everybody who is signed in, or everybody. */
export function Visibility({ of }: { of: VisibilityName }) {
  const { t } = useTranslation();
  const Icon = ICONS[of];
  return (
    <Tooltip label={t(`visibility.means.${of}`)} events={{ hover: true, focus: true, touch: true }}>
      <Badge color={of === 'public' ? 'orange' : 'gray'} leftSection={<Icon size={12} aria-hidden />}>
        {t(`visibility.${of}`)}
      </Badge>
    </Tooltip>
  );
}
