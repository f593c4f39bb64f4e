import { randomInt } from 'node:crypto';

/**
 * `npm run fuzz [-- name…]`: the suites of `test/fuzz`, each for FUZZ_SECONDS (default 120) with seeds of their own. A
 * failure names its seed: `FUZZ_SEED=<seed> npm test -- fuzz` plays it again.
 */
process.env.FUZZ_SECONDS ??= '120';
process.env.FUZZ_SEED ??= String(randomInt(2 ** 31));
console.log(`FUZZ_SEED=${process.env.FUZZ_SEED} FUZZ_SECONDS=${process.env.FUZZ_SECONDS}`);
process.argv = [...process.argv.slice(0, 2), 'fuzz', '--', ...process.argv.slice(2)];
await import('./test.mjs');
