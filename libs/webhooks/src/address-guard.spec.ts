import { describe, expect, it } from 'vitest';
import { AddressGuard } from './address-guard.js';

describe(AddressGuard.name, () => {
  const sut = new AddressGuard();

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '0:0:0:0:0:0:0:1',
    '[::1]',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001:0:4136:e378::1',
    '2001:db8::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '100::1',
    '5f00::1',
  ])('refuses %s', (address) => expect(sut.allows(address)).toBe(false));

  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '192.0.1.1',
    '2606:4700::1111',
    '2a00:1450::1',
    '::ffff:8.8.8.8',
  ])('allows %s', (address) => expect(sut.allows(address)).toBe(true));

  it.each(['', 'localhost', '1.2.3', '1.2.3.4.5', '0x7f.1', '1e1.2.3.4', '8.8.8.8 '])('%j is no address', (text) => {
    expect(sut.allows(text)).toBe(false);
  });

  it('allows what the configuration allows, in every spelling, and nothing beside it', () => {
    const configured = new AddressGuard(['10.1.0.0/16', '127.0.0.1', 'fd12::/16', '::1']);
    for (const one of ['10.1.2.3', '127.0.0.1', '::ffff:127.0.0.1', 'fd12::9', '::1', '8.8.8.8']) {
      expect(configured.allows(one), one).toBe(true);
    }
    for (const one of ['10.2.0.1', '127.0.0.2', 'fd13::1', '169.254.169.254']) {
      expect(configured.allows(one), one).toBe(false);
    }
  });
});
