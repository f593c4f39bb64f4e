import { describe, expect, it } from 'vitest';
import type { TokenUse } from '#persistence/application-tokens.repository.js';
import { TokenUses } from './token-uses.js';

function setUp() {
  const batches: TokenUse[][] = [];
  const warnings: unknown[] = [];
  let away = false;
  let arrived: () => void = () => undefined;
  const sink = {
    noteUses: async (uses: readonly TokenUse[]) => {
      if (away) throw new Error('away');
      batches.push([...uses]);
      arrived();
    },
  };
  let now = 0;
  const logger = { warn: (...line: unknown[]) => void warnings.push(line) };
  const sut = new TokenUses(sink, logger as never, { everyMs: 1, now: () => ++now });
  const next = () => new Promise<void>((resolve) => (arrived = resolve));
  return { sut, batches, warnings, next, setAway: (value: boolean) => (away = value) };
}

describe(TokenUses.name, () => {
  it('writes by itself after a while, each token once, with its last use', async () => {
    const { sut, batches, next } = setUp();
    const written = next();
    sut.note(1, '192.0.2.1');
    sut.note(2, '192.0.2.2');
    sut.note(1, '192.0.2.3');
    expect(batches).toEqual([]);
    await written;
    expect(batches.flat().map(({ id, from }) => [id, from])).toEqual([
      [1, '192.0.2.3'],
      [2, '192.0.2.2'],
    ]);
    await sut.flush();
    expect(batches).toHaveLength(1);
  });

  it('keeps what it could not write, throws nothing, and writes it later', async () => {
    const { sut, batches, warnings, next, setAway } = setUp();
    setAway(true);
    sut.note(1, '192.0.2.1');
    await sut.flush();
    expect(warnings.length).toBeGreaterThan(0);
    setAway(false);
    const written = next();
    await written;
    expect(batches.flat().map((use) => use.id)).toEqual([1]);
  });

  it('loses no use that comes while it writes', async () => {
    const { sut, batches } = setUp();
    sut.note(1, '192.0.2.1');
    const flushing = sut.flush();
    sut.note(1, '192.0.2.9');
    await flushing;
    await sut.flush();
    expect(batches.flat().at(-1)).toMatchObject({ id: 1, from: '192.0.2.9' });
  });

  it('stays bounded while nothing can be written, and writes in bounded statements', async () => {
    const { sut, batches, setAway } = setUp();
    setAway(true);
    for (let id = 0; id < 20_000; id++) sut.note(id, '192.0.2.1');
    await sut.flush();
    setAway(false);
    await sut.flush();
    expect(batches.flat()).toHaveLength(10_000);
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(1_000);
  });
});
