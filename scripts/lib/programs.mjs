/** What is started: each is a file of `dist/programs`. */
export const PROGRAMS = ['api', 'worker', 'migrate', 'portus'];

/**
 * Packages that stay beside the programs: they bring machine code, or files that are served as they are. A name that ends in
 * a slash stands for a scope.
 */
export const BESIDE = [
  '@node-rs/',
  '@msgpackr-extract/',
  'msgpackr-extract',
  'node-gyp-build-optional-packages',
  'detect-libc',
  'swagger-ui-dist',
];

export const staysBeside = (name) =>
  BESIDE.some((one) => (one.endsWith('/') ? name.startsWith(one) : name === one || name.startsWith(`${one}/`)));

/** Where a program is when it was built, below the root. */
export const programFile = (name) => `dist/programs/${name}.js`;
