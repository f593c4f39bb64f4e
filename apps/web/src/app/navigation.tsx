import { NavLink, Text } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { type Entry, NAVIGATION } from './navigation-entries.js';

const GROUPS = ['catalog', 'people', 'truth'] as const;
type GroupName = (typeof GROUPS)[number];

/** The pages that this person may see, by name, in groups. */
export function Navigation({ admin, onChosen }: { admin: boolean; onChosen: () => void }) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t('shell.pages')}>
      {GROUPS.map((name) => (
        <Entries key={name} of={name} admin={admin} onChosen={onChosen} />
      ))}
    </nav>
  );
}

function Entries({ of, admin, onChosen }: { of: GroupName; admin: boolean; onChosen: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const heading = useId();
  const pages: readonly Entry[] = NAVIGATION[of];
  return (
    <div role="group" aria-labelledby={heading} className="navigation-group">
      <Text id={heading} size="xs" fw={600} c="dimmed" px="sm" pb={4}>
        {t(`nav.groups.${of}`)}
      </Text>
      {pages
        .filter((page) => admin || !page.admin)
        .map(({ to, text, icon: Icon }) => {
          const active = to === '/' ? pathname === '/' : pathname.startsWith(to);
          return (
            <NavLink
              key={to}
              component={Link}
              to={to}
              label={t(text)}
              leftSection={<Icon size={18} aria-hidden />}
              active={active}
              aria-current={active ? 'page' : undefined}
              onClick={onChosen}
            />
          );
        })}
    </div>
  );
}
