import { expect, it } from 'vitest';
import { signIn } from './sessions.dto.js';

it('a name that the database can not hold is a bad request and not an error of ours', () => {
  expect(signIn.safeParse({ username: 'alice', password: 'a password' }).success).toBe(true);
  expect(signIn.safeParse({ username: 'al\0ice', password: 'a password' }).success).toBe(false);
});
