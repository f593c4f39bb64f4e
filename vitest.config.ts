import { configDefaults, defineConfig } from 'vitest/config';

/** No `import` among them: node would take it for `require` too, and hand CommonJS packages the wrong half of others. */
const conditions = ['source', 'node'];
const resolve = { conditions };
/** Checks every answer of the api against its OpenAPI document. */
const setupFiles = ['test/support/contract/setup.ts'];
const globalSetup = ['test/support/template-database.ts'];
const ssr = { resolve: { conditions, externalConditions: conditions } };

/** No isolation: files that run in one process find the packages loaded that those before them used. */
const SHARED = false;
/** Not beside browsers: they give up what they load when an engine makes or removes a network of the machine. */
const CONTAINERS = ['test/e2e/compose.e2e.spec.ts'];
/** Files at a time. They wait for servers more than they compute, so even two cores carry three. */
const SIDE_BY_SIDE = 3;

/**
 * Five sizes of tests. `unit`: no process, no network. `medium`: real PostgreSQL and both queue backends. `fuzz`: random
 * input, a bounded number of rounds here and more of them by `npm run fuzz`. `e2e`: the built programs, a real registry
 * and real clients. `containers`: images and compose. `scripts/test.mjs` starts what all but the first need.
 */
export default defineConfig({
  resolve,
  ssr,
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: ['libs/**/*.spec.ts', 'apps/**/*.spec.ts', '{docker,docs,scripts}/**/*.spec.mjs'],
          environment: 'node',
          testTimeout: 60_000,
          isolate: SHARED,
          maxWorkers: 2,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'medium',
          setupFiles,
          globalSetup,
          include: ['test/medium/**/*.medium.spec.ts'],
          environment: 'node',
          testTimeout: 60_000,
          hookTimeout: 120_000,
          isolate: SHARED,
          maxWorkers: SIDE_BY_SIDE,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'fuzz',
          setupFiles,
          globalSetup,
          include: ['test/fuzz/**/*.fuzz.spec.ts'],
          environment: 'node',
          testTimeout: (Number(process.env.FUZZ_SECONDS) || 0) * 1_000 + 600_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'e2e',
          setupFiles,
          globalSetup,
          include: ['test/e2e/**/*.e2e.spec.ts'],
          exclude: [...configDefaults.exclude, ...CONTAINERS],
          environment: 'node',
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: 2,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'containers',
          include: CONTAINERS,
          environment: 'node',
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
