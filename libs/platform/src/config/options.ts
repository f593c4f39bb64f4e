import { ACCOUNTS } from './options/accounts.js';
import { API } from './options/api.js';
import { BACKGROUND } from './options/background.js';
import { FIRST_START } from './options/first-start.js';
import { MAIL } from './options/mail.js';
import { RETENTION } from './options/retention.js';
import { RIGHTS } from './options/rights.js';
import { SCAN_SERVICES } from './options/scan-services.js';
import { SCANNING } from './options/scanning.js';
import { SERVER } from './options/server.js';
import { STORES } from './options/stores.js';
import { TOKENS } from './options/tokens.js';
import { WEBHOOKS } from './options/webhooks.js';

export type { Option } from './options/option.js';

/** Every setting of Portus; `.env.example` and the documentation are generated from this list. */
export const OPTIONS = {
  ...STORES,
  ...SERVER,
  ...TOKENS,
  ...MAIL,
  ...RIGHTS,
  ...ACCOUNTS,
  ...RETENTION,
  ...BACKGROUND,
  ...SCANNING,
  ...SCAN_SERVICES,
  ...WEBHOOKS,
  ...FIRST_START,
  ...API,
} as const;
