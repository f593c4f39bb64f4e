import { Badge, Group } from '@mantine/core';
import type { Answered } from '../../../../libs/client/src/client.js';

/** What it runs on; `unknown/unknown` stands for attestations, which run on nothing. */
export function Platforms({ of }: { of: Pick<Answered<'Tag'>, 'platforms'> }) {
  const names = of.platforms
    .filter(({ os }) => os !== null && os !== 'unknown')
    .map(({ os, architecture, variant }) => [os, architecture, variant].filter(Boolean).join('/'));
  return (
    <Group gap={4}>
      {[...new Set(names)].map((name) => (
        <Badge key={name} color="gray" tt="none">
          {name}
        </Badge>
      ))}
    </Group>
  );
}
