import { type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { AccessGuard } from './access.guard.js';
import { Public } from './access.js';

const person = { kind: 'user', userId: 1, username: 'alice', admin: true, disabled: false, locked: false, bot: false };
const guard = new AccessGuard(
  new Reflector(),
  { authenticate: async () => person } as never,
  { signedIn: async () => null } as never,
);
const basic = `Basic ${Buffer.from('alice:a password').toString('base64')}`;

class Doors {
  closed(): void {}

  @Public()
  open(): void {}
}

function call(door: 'open' | 'closed', method: string, site: string | undefined): Promise<boolean> {
  const request = { method, ip: '192.0.2.1', headers: { authorization: basic, 'sec-fetch-site': site } };
  const context = {
    getHandler: () => Doors.prototype[door],
    getClass: () => Doors,
    switchToHttp: () => ({ getRequest: () => request }),
  };
  return guard.canActivate(context as unknown as ExecutionContext);
}

describe(AccessGuard.name, () => {
  describe.each(['open', 'closed'] as const)('of a door that is %s', (door) => {
    it.each(['cross-site', 'same-site'])('lets a page of another site (%s) change nothing', async (site) => {
      for (const method of ['POST', 'PUT', 'DELETE']) {
        await expect(call(door, method, site)).rejects.toThrow(expect.objectContaining({ code: 'forbidden' }));
      }
      expect(await call(door, 'GET', site)).toBe(true);
    });

    it.each(['same-origin', 'none', undefined])('lets the own page, people and programs pass (%s)', async (site) => {
      for (const method of ['GET', 'POST', 'DELETE']) expect(await call(door, method, site)).toBe(true);
    });
  });
});
