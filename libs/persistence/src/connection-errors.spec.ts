import { describe, expect, it } from 'vitest';
import { isUnavailable } from './connection-errors.js';

const coded = (code: string) => Object.assign(new Error('x'), { code });

describe(isUnavailable.name, () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', '57P01', '57P02', '57P03', '08000', '08006'])(
    'knows %s',
    (code) => {
      expect(isUnavailable(coded(code))).toBe(true);
      expect(isUnavailable(Object.assign(new Error('wrapped'), { driverError: coded(code) }))).toBe(true);
    },
  );

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect', 'Query read timeout'])(
    'knows "%s"',
    (message) => {
      expect(isUnavailable(new Error(message))).toBe(true);
    },
  );

  it.each([coded('23505'), coded('57014'), coded('22021'), new Error('x'), 'ECONNREFUSED', null, undefined])(
    'leaves %s alone',
    (error) => {
      expect(isUnavailable(error)).toBe(false);
    },
  );
});
