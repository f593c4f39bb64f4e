import { expect, it } from 'vitest';
import { foreignEnvironment } from './foreign-environment.mjs';

it('hands programs of others what they need to run, and none of our secrets', () => {
  const needed = { PATH: '/bin', HOME: '/root', http_proxy: 'http://proxy', REGISTRY_LOG_LEVEL: 'debug' };
  const ours = {
    DATABASE_URL: 'postgres://u:p@h/d',
    REDIS_URL: 'redis://:p@h',
    PORTUS_PASSWORD: 'p',
    PORTUS_SECRET_KEY_BASE: 's',
    AWS_SECRET_ACCESS_KEY: 'a',
    NPM_TOKEN: 'n',
    PATHS: 'x',
  };
  expect(foreignEnvironment({ ...needed, ...ours })).toEqual(needed);
});
