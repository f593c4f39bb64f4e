/** The bounded run of `npm test` is the same everywhere; `npm run fuzz` chooses a seed of its own. */
const FIXED_SEED = 20_261_121;

/** Where the rounds of this run begin; round n has the seed `FUZZ_SEED + n`. */
export const FUZZ_SEED = numberOf('FUZZ_SEED') ?? FIXED_SEED;

/** For how long each suite goes on, seconds; null: as many rounds as the suite itself says. */
export const FUZZ_SECONDS = numberOf('FUZZ_SECONDS');

/**
 * Plays `rounds` rounds, or with FUZZ_SECONDS rounds until the time is over. A round must be made of its seed alone:
 * one that throws is named by it, and `FUZZ_SEED=<seed> npm test -- fuzz -- <suite>` begins with that round.
 */
export async function fuzz(rounds: number, round: (seed: number) => Promise<void> | void): Promise<void> {
  const end = FUZZ_SECONDS === null ? null : performance.now() + FUZZ_SECONDS * 1_000;
  for (let i = 0; end === null ? i < rounds : i === 0 || performance.now() < end; i++) {
    const seed = FUZZ_SEED + i;
    try {
      await round(seed);
    } catch (cause) {
      throw new Error(`FUZZ_SEED=${seed}: ${(cause as Error).message}`, { cause });
    }
  }
}

function numberOf(name: string): number | null {
  const text = process.env[name];
  if (text === undefined || text === '') return null;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} must be a whole number`);
  return value;
}
