import { Anchor, List, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/session.js';
import { Box } from './box.js';
import { type Concern, useDeadLetterConcerns, useHouseConcerns, useTokenConcerns } from './concerns.js';

/** What somebody has to do something about: their tokens; for administrators the house too. */
export function Attention() {
  const me = useMe();
  if (me === null) return null;
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
      {of === null && <Text>…</Text>}
      {of?.length === 0 && <Text>{t('attention.nothing')}</Text>}
      {of !== null && of.length > 0 && (
        <List>
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
