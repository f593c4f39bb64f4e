import { Skeleton, Stack } from '@mantine/core';

/** As high as a page's head, so that what follows does not jump. */
export function Loading() {
  return (
    <Stack aria-busy="true">
      <Skeleton height={36} width="40%" />
      <Skeleton height={96} />
      <Skeleton height={240} />
    </Stack>
  );
}
