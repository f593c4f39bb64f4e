import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { WorkContext } from './work-context.js';

describe(WorkContext.name, () => {
  it('is seen by all that the work awaits, by nothing else, and one within another', async () => {
    const context = new WorkContext<string>();
    const seen = await context.run('a', async () => {
      await turn();
      const inner = await context.run('b', async () => {
        await turn();
        return context.current;
      });
      return [context.current, inner];
    });
    expect(seen).toEqual(['a', 'b']);
    expect(context.current).toBeUndefined();
  });

  it('is not lost for one work when another ends, in whatever way', async () => {
    const context = new WorkContext<string>();
    const failing = context.run('short', async () => Promise.reject(new Error('away')));
    const long = context.run('long', async () => {
      await expect(failing).rejects.toThrow('away');
      await turn();
      return context.current;
    });
    expect(await long).toBe('long');
    expect(await context.run('again', async () => context.current)).toBe('again');
  });
});
