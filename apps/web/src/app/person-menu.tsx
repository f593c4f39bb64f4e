import { Button, Menu, SegmentedControl, Stack, useMantineColorScheme } from '@mantine/core';
import { IconLogout, IconSettings, IconUser } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type Me, useSigning } from '../api/session.js';
import { chooseLanguage, currentLanguage, type Language, LANGUAGES } from '../texts/setup.js';

const SCHEMES = ['auto', 'light', 'dark'] as const;

/** Who is signed in, how the page looks and speaks, and the way out. */
export function PersonMenu({ me }: { me: Me }) {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { signOut } = useSigning();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button variant="subtle" color="gray" leftSection={<IconUser size={18} aria-hidden />}>
          {me.username}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Stack gap="xs" p="xs">
          <SegmentedControl
            aria-label={t('shell.look')}
            value={colorScheme}
            onChange={(value) => setColorScheme(value)}
            data={SCHEMES.map((value) => ({ value, label: t(`shell.schemes.${value}`) }))}
          />
          <SegmentedControl
            aria-label={t('shell.language')}
            value={currentLanguage()}
            onChange={(value) => void chooseLanguage(value as Language)}
            data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
          />
        </Stack>
        <Menu.Item component={Link} to="/users/edit" leftSection={<IconSettings size={16} aria-hidden />}>
          {t('profile.title')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          {t('shell.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
