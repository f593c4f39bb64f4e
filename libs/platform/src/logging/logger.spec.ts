import { describe, expect, it } from 'vitest';
import { createLogger, plainLogger } from './logger.js';
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
});

describe(withLogContext.name, () => {
  const lines: string[] = [];
  const logger = createLogger('test', 'info', { write: (line) => void lines.push(line) });
  const idOf = (text: string): unknown =>
    lines.map((line) => JSON.parse(line) as Record<string, unknown>).find((line) => line['msg'] === text)?.[
      'requestId'
    ];

  it('names the request that a line belongs to, while others begin and end', async () => {
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const work = async (id: string, turns: number) =>
      withLogContext({ requestId: id }, async () => {
        for (let i = 0; i < turns; i++) await turn();
        logger.info(`end of ${id}`);
      });
    await Promise.all([work('r1', 1), work('r2', 4)]);
    logger.info('between');
    await work('r3', 2);
    expect(['end of r1', 'end of r2', 'between', 'end of r3'].map(idOf)).toEqual(['r1', 'r2', undefined, 'r3']);
  });

  it('ends with a failure too', async () => {
    const failing = withLogContext({ requestId: 'r4' }, async () => Promise.reject(new Error('failed')));
    await expect(failing).rejects.toThrow('failed');
    logger.info('after');
    expect(idOf('after')).toBeUndefined();
  });
});

describe(plainLogger.name, () => {
  it('writes to the same place, with the same name, level and times', () => {
    const line = written((logger) => {
      plainLogger(logger, 'test').debug('not wanted');
      plainLogger(logger, 'test').info({ requestId: 'r1' }, 'request');
    });
    expect(line).toMatchObject({ level: 30, name: 'test', msg: 'request', requestId: 'r1', pid: process.pid });
    expect(line['time']).toMatch(/^\d{4}-.*Z$/);
  });
});
