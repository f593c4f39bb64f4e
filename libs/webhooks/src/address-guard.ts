import { BlockList, isIP } from 'node:net';

/** What no webhook may reach unless it is allowed (IANA special-purpose address registries). */
const REFUSED_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Beside everything that is not global unicast; among them those that carry an IPv4 address (6to4, Teredo). */
const REFUSED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
/** Loopback, link-local, unique local, multicast, NAT64 and IPv4-mapped addresses lie outside. */
const GLOBAL_V6 = '2000::/3';

/** Decides which addresses webhooks may be sent to. */
export class AddressGuard {
  private readonly allowed: BlockList;
  private readonly refused = listOf([...REFUSED_V4, ...REFUSED_V6]);
  private readonly global = listOf([GLOBAL_V6]);

  /** @param allowed addresses or CIDR ranges that may be reached although they are private */
  constructor(allowed: readonly string[] = []) {
    this.allowed = listOf(allowed);
  }

  /** @param text addresses and CIDR ranges, separated by commas, as the settings have them */
  static of(text: string): AddressGuard {
    return new AddressGuard(text.split(',').flatMap((part) => part.trim() || []));
  }

  /** True for an address that may be connected to; false also for what is no address. */
  allows(text: string): boolean {
    const address = plain(text);
    const family = isIP(address);
    if (family === 0) return false;
    const type = family === 4 ? 'ipv4' : 'ipv6';
    if (this.allowed.check(address, type)) return true;
    if (family === 6 && !this.global.check(address, 'ipv6')) return false;
    return !this.refused.check(address, type);
  }
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const type = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(address, Number(bits ?? (type === 'ipv4' ? 32 : 128)), type);
  }
  return list;
}

/** Without brackets and zone; an IPv4-mapped address is the IPv4 address that it stands for. */
function plain(text: string): string {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (isIP(bare) !== 6) return bare;
  // The URL parser writes every spelling of an address the same way.
  const host = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host);
  if (!mapped) return host;
  const [high, low] = [parseInt(mapped[1]!, 16), parseInt(mapped[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
