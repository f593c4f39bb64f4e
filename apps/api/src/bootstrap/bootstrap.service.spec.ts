import { describe, expect, it, vi } from 'vitest';
import { BootstrapService } from './bootstrap.service.js';

function setUp(createUser: () => Promise<unknown>) {
  const users = {
    findByName: async () => ({ service: true, passwordHash: 'x' }),
    hasAdmin: async () => false,
    create: createUser,
  };
  const identity = { matches: async () => true, hashPassword: async () => 'hash' };
  const settings = { initRegistryHostname: null, initAdminUsername: 'root', initAdminPassword: 'a password' };
  const logger = { info: vi.fn(), warn: vi.fn() };
  const parts = [users, {}, identity, settings, logger] as unknown as ConstructorParameters<typeof BootstrapService>;
  return { sut: new BootstrapService(...parts), logger };
}

describe(BootstrapService.name, () => {
  it('says that the first administrator was made when it was', async () => {
    const { sut, logger } = setUp(async () => ({}));
    await sut.onApplicationBootstrap();
    expect(logger.info).toHaveBeenCalledWith({ username: 'root' }, 'the first administrator was made');
  });

  it('does not say so when the name was taken', async () => {
    const { sut, logger } = setUp(() => Promise.reject(Object.assign(new Error('taken'), { code: '23505' })));
    await sut.onApplicationBootstrap();
    expect(logger.info).not.toHaveBeenCalled();
    expect(logger.warn).toHaveBeenCalledWith({ username: 'root' }, expect.stringContaining('no administrator'));
  });
});
