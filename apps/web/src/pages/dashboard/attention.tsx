import { Anchor, List, Skeleton, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Me } from '../../api/session.js';
import { Box } from './box.js';
import { type Concern, useDeadLetterConcerns, useHouseConcerns, useTokenConcerns } from './concerns.js';

/** What somebody has to do something about: their tokens; for administrators the house too. */
export function Attention({ me }: { me: Me }) {
  return me.admin ? <OfHouse user={me.id} /> : <OfPerson user={me.id} />;
}

function OfPerson({ user }: { user: number }) {
  const [tokens, letters] = [useTokenConcerns(user), useDeadLetterConcerns()];
  return <Concerns of={tokens === null || letters === null ? null : [...letters, ...tokens]} />;
}

function OfHouse({ user }: { user: number }) {
  const [tokens, letters, house] = [useTokenConcerns(user), useDeadLetterConcerns(), useHouseConcerns()];
  const known = house !== null && letters !== null && tokens !== null;
  return <Concerns of={known ? [...house, ...letters, ...tokens] : null} />;
}

/** null: not yet known. */
function Concerns({ of }: { of: readonly Concern[] | null }) {
  const { t } = useTranslation();
  return (
    <Box title={t('attention.title')}>
      {of === null && <Skeleton height={24} aria-busy="true" />}
      {of?.length === 0 && (
        <List center icon={<Sign color="teal" icon={IconCheck} />}>
          <List.Item>{t('attention.nothing')}</List.Item>
        </List>
      )}
      {of !== null && of.length > 0 && (
        <List spacing={6} icon={<Sign color="orange" icon={IconAlertTriangle} />}>
          {of.map(({ text, link }) => (
            <List.Item key={text}>
              <Anchor renderRoot={(props) => <Link {...link} {...props} />}>{text}</Anchor>
            </List.Item>
          ))}
        </List>
      )}
    </Box>
  );
}

/** Goes without saying to those who hear the page: the words beside it tell the same. */
function Sign({ color, icon: Icon }: { color: string; icon: typeof IconCheck }) {
  return (
    <ThemeIcon color={color} variant="light" size={24} radius="xl" aria-hidden>
      <Icon size={14} />
    </ThemeIcon>
  );
}
