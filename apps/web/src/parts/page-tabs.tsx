import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props<T extends string> {
  tab: T;
  /** What is on each, in their order. */
  panels: Partial<Record<T, ReactNode>>;
  titleOf: (tab: T) => string;
  /** undefined: the first one, which an address need not name. */
  onTab: (tab: T | undefined) => void;
}

/** Parts of a page, of which the address names one; the others are not there, and ask nothing. */
export function PageTabs<T extends string>({ tab, panels, titleOf, onTab }: Props<T>) {
  const names = Object.keys(panels) as T[];
  return (
    <Tabs
      value={tab}
      onChange={(value) => onTab(value === null || value === names[0] ? undefined : (value as T))}
      keepMounted={false}
    >
      <Tabs.List>
        {names.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {titleOf(name)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {names.map((name) => (
        <Tabs.Panel key={name} value={name} pt="md">
          {panels[name]}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
