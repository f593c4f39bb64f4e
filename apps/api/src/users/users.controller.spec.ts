import { describe, expect, it } from 'vitest';
import { UsersController } from './users.controller.js';

const user = { createdAt: new Date(0), updatedAt: new Date(0) };
const sut = new UsersController({ update: async () => user } as never, {} as never);
const admin = (expiry: 'never' | 'ahead' | null) => {
  const token = expiry && { expiry, actions: null, namespaces: null };
  return { kind: 'user', userId: 1, username: 'root', admin: true, disabled: false, locked: false, token } as never;
};
const change = (expiry: 'never' | 'ahead' | null, body: object) =>
  sut.update(admin(expiry), {} as never, 1, { user: body as never });

describe(UsersController.name, () => {
  it('lets a token that expires set no password, with which its holder would outlive it', async () => {
    await expect(change('ahead', { password: 'a new password' })).rejects.toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
    await expect(change('ahead', { display_name: 'R.' })).resolves.toBeDefined();
    await expect(change('never', { password: 'a new password' })).resolves.toBeDefined();
    await expect(change(null, { password: 'a new password' })).resolves.toBeDefined();
  });
});
