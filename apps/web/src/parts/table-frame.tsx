import { Paper, Table } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  /** What is in it, for those who cannot see it. */
  label: string;
  /** Pixels below which it scrolls in its frame, also by the keyboard. */
  minWidth: number;
  children: ReactNode;
}

/** A table on a ground of its own; on a phone it scrolls, the page does not. */
export function TableFrame({ label, minWidth, children }: Props) {
  return (
    <Paper withBorder className="table-frame">
      <Table.ScrollContainer
        minWidth={minWidth}
        scrollAreaProps={{ type: 'auto', offsetScrollbars: 'present', viewportProps: { tabIndex: 0 } }}
      >
        <Table aria-label={label} highlightOnHover verticalSpacing="xs" horizontalSpacing="sm">
          {children}
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
