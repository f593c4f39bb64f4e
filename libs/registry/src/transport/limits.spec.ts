import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BodyDeadlineError, readCapped } from './limits.js';

const bytes = (...sizes: number[]): Readable => Readable.from(sizes.map((size) => Buffer.alloc(size, 'x')));

describe(readCapped.name, () => {
  it.each([
    ['a body below its cap', [3, 4], 10, 7, true],
    ['a body exactly at its cap', [5, 5], 10, 10, true],
    ['one byte more', [5, 6], 10, 10, false],
    ['one large piece', [1000], 10, 10, false],
    ['no body', [], 10, 0, true],
    ['something where nothing is allowed', [1], 0, 0, false],
  ])('reads %s', async (_, sizes, cap, length, complete) => {
    const result = await readCapped(bytes(...sizes), cap, 1000);
    expect({ length: result.bytes.length, complete: result.complete }).toEqual({ length, complete });
  });

  it('takes no more than one piece beyond the cap from an endless stream, and destroys it', async () => {
    let produced = 0;
    const endless = new Readable({
      highWaterMark: 1000,
      read() {
        produced += 1000;
        this.push(Buffer.alloc(1000));
      },
    });
    await readCapped(endless, 5000, 1000);
    expect(endless.destroyed).toBe(true);
    expect(produced).toBeLessThan(10_000);
  });

  it('gives up on a body that trickles', async () => {
    const trickle = new Readable({ read: () => undefined });
    trickle.push('x');
    await expect(readCapped(trickle, 100, 20)).rejects.toBeInstanceOf(BodyDeadlineError);
    expect(trickle.destroyed).toBe(true);
  });
});
