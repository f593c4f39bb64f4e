import {
  createTheme,
  darken,
  lighten,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type MantineTheme,
} from '@mantine/core';

/** Colours are dark enough for text on both backgrounds (WCAG 2.2, 1.4.3). */
export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: 9,
  autoContrast: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  defaultRadius: 'md',
  headings: { fontWeight: '650' },
  // What gets the focus first would stand in the menu without being an entry of it (WAI-ARIA, menu role).
  components: {
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    // A link is as large as the words around it.
    Anchor: { defaultProps: { inherit: true } },
    // Tables on phones would cut their words.
    Badge: { defaultProps: { variant: 'light', miw: 'max-content' } },
  },
});

/** The library's quiet texts and its light variants have too little contrast on their own backgrounds. */
export const variables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': colors.gray[7],
    // Also on a row under the pointer.
    '--mantine-color-anchor': darken(colors.teal[9], 0.2),
    ...lightTexts(colors, (shades) => darken(shades[9], 0.3)),
    ...lightGrounds(colors),
    ...filledUnderPointer(colors),
  },
  dark: {
    '--mantine-color-dimmed': colors.dark[1],
    '--mantine-color-anchor': colors.teal[3],
    ...lightTexts(colors, (shades) => lighten(shades[1], 0.3)),
    ...filledUnderPointer(colors),
  },
});

function lightTexts(colors: MantineTheme['colors'], textOf: (shades: MantineColorsTuple) => string) {
  return Object.fromEntries(
    Object.entries(colors).map(([name, shades]) => [`--mantine-color-${name}-light-color`, textOf(shades)]),
  );
}

/** Paler than the library has them: large notices are read, not stared at. Grey would not be seen on its ground then. */
function lightGrounds(colors: MantineTheme['colors']) {
  return Object.fromEntries(
    Object.entries(colors).flatMap(([name, shades]) => {
      const first = name === 'gray' ? 2 : 0;
      return [
        [`--mantine-color-${name}-light`, shades[first]],
        [`--mantine-color-${name}-light-hover`, shades[first + 1]],
      ];
    }),
  );
}

/** Darker, where the library would go from its darkest shade to a lighter one, which white text is too faint on. */
function filledUnderPointer(colors: MantineTheme['colors']) {
  return Object.fromEntries(
    Object.entries(colors).map(([name, shades]) => [`--mantine-color-${name}-filled-hover`, darken(shades[9], 0.1)]),
  );
}
