import { describe, expect, it } from 'vitest';
import { AddressGuard } from './address-guard.js';
import { hookTarget } from './hook-target.js';

describe(hookTarget.name, () => {
  const guard = new AddressGuard(['10.1.0.0/16']);

  it.each([
    ['https://hooks.test/a?b=c#d', 'https://hooks.test/a?b=c', 'https://hooks.test'],
    ['hooks.test', 'http://hooks.test/', 'http://hooks.test'],
    ['hooks.test:8080/x', 'http://hooks.test:8080/x', 'http://hooks.test:8080'],
    ['HTTPS://Hooks.Test:443/', 'https://hooks.test/', 'https://hooks.test'],
    ['http://10.1.2.3/x', 'http://10.1.2.3/x', 'http://10.1.2.3'],
  ])('takes %s', (text, url, origin) => expect(hookTarget(text, guard)).toEqual({ url, origin }));

  it.each([
    ['ftp://hooks.test/', 'http or https'],
    ['file:///etc/passwd', 'http or https'],
    ['gopher://hooks.test', 'http or https'],
    ['http://', 'not a URL'],
    ['javascript:alert(1)', 'not a URL'],
    ['http://user:secret@hooks.test/', 'credentials'],
    ['http://user@hooks.test/', 'credentials'],
    ['http://127.0.0.1/', 'may not reach'],
    ['http://0x7f.1/', 'may not reach'],
    ['http://2130706433/', 'may not reach'],
    ['http://[::1]/', 'may not reach'],
    ['http://[::ffff:169.254.169.254]/latest', 'may not reach'],
  ])('refuses %s', (text, problem) => expect(hookTarget(text, guard)).toContain(problem));
});
