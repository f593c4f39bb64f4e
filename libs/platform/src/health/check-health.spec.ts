import { describe, expect, it } from 'vitest';
import { checkHealth, DownError } from './check-health.js';

describe(checkHealth.name, () => {
  it('shows what a check says, and nothing of errors that were not meant for everybody', async () => {
    const components = await checkHealth({
      one: async () => 'all well',
      two: async () => ({ degraded: 'slow' }),
      three: async () => Promise.reject(new DownError('it is away')),
      four: async () => Promise.reject(new Error('password authentication failed for user "portus" at 10.0.0.5')),
    });
    expect(components).toEqual({
      one: { success: true, msg: 'all well', status: 'up' },
      two: { success: true, msg: 'slow', status: 'degraded' },
      three: { success: false, msg: 'it is away', status: 'down' },
      four: { success: false, msg: 'it could not be looked at', status: 'down' },
    });
  });
});
