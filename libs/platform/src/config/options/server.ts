import { z } from 'zod';
import { integer, networks, option, port, text } from './option.js';

/** Addresses, ports, names and the log of the programs. */
export const SERVER = {
  host: option('PORTUS_HOST', 'Server', text, '0.0.0.0', 'Address that the api listens on.'),
  port: option('PORTUS_PORT', 'Server', port, '3000', 'Port of the api.'),
  drainSeconds: option(
    'PORTUS_DRAIN_SECONDS',
    'Server',
    integer(0, 300),
    '0',
    'Seconds for which a stopping api goes on serving while /_health already says 503: as long as the balancer before it takes to notice.',
  ),
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
    networks,
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
