import { isIP } from 'node:net';
import { z } from 'zod';
import { option, port, text } from './option.js';

function isListOfNetworks(value: string): boolean {
  if (value === '') return true;
  return value.split(',').every((part) => {
    const [address = '', bits = '0', ...rest] = part.trim().split('/');
    const family = isIP(address);
    const max = family === 4 ? 32 : 128;
    return family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= max;
  });
}

/** Addresses, ports, names and the log of the programs. */
export const SERVER = {
  host: option('PORTUS_HOST', 'Server', text, '0.0.0.0', 'Address that the api listens on.'),
  port: option('PORTUS_PORT', 'Server', port, '3000', 'Port of the api.'),
  workerPort: option('PORTUS_WORKER_PORT', 'Server', port, '0', 'Port of the health endpoint of the worker; 0: none.'),
  metricsPort: option(
    'PORTUS_METRICS_PORT',
    'Server',
    port,
    '0',
    'Port of /metrics, for Prometheus, of each program; 0: none. Two programs on one machine need two ports.',
  ),
  machineFqdn: option(
    'PORTUS_MACHINE_FQDN',
    'Server',
    text,
    'portus.test.lan',
    'Name of this Portus; the issuer of its tokens (`auth.token.issuer` of the registry).',
  ),
  trustedProxies: option(
    'PORTUS_TRUSTED_PROXIES',
    'Server',
    z.string().trim().max(4096).refine(isListOfNetworks, 'must be addresses or CIDR ranges, separated by commas'),
    '',
    'Addresses or CIDR ranges, separated by commas, whose X-Forwarded-For is believed.',
  ),
  logLevel: option(
    'PORTUS_LOG_LEVEL',
    'Server',
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
    'info',
    'Least important level that is logged.',
  ),
} as const;
