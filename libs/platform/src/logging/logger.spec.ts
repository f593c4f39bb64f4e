import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';
import { withLogContext } from './request-context.js';

function written(log: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  log(createLogger('test', 'info', { write: (line) => void lines.push(line) }));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0]!) as Record<string, unknown>;
}

describe(createLogger.name, () => {
  it('writes no secret, wherever an object carries it', () => {
    const line = written((logger) =>
      logger.info({ password: 'S1', user: { token: 'S2' }, request: { headers: { authorization: 'S3' } } }, 'hello'),
    );
    expect(JSON.stringify(line)).not.toMatch(/S[123]/);
    expect(line).toMatchObject({ msg: 'hello', password: '[redacted]' });
  });

  it('writes of an error of the database what happened, and none of the values', () => {
    const driverError = Object.assign(new Error('duplicate key'), { detail: 'Key (hash)=(S1)', parameters: ['S2'] });
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      query: 'INSERT',
      parameters: ['S3'],
      detail: 'Failing row contains (S4)',
      driverError,
    });
    const line = written((logger) => logger.error({ err: error }, 'request failed'));
    expect(JSON.stringify(line)).not.toMatch(/S\d/);
    expect(line['err']).toMatchObject({ message: 'duplicate key', code: '23505', stack: expect.any(String) });
  });

  it('names the request that a line belongs to', () => {
    const line = written((logger) => withLogContext({ requestId: 'r1' }, () => logger.info('hello')));
    expect(line).toMatchObject({ requestId: 'r1', name: 'test' });
  });
});
