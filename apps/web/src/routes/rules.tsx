import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { retentionSearch } from '../pages/retention/retention-search.js';
import { scansSearch } from '../pages/scans/scans-search.js';
import { webhookSearch } from '../pages/webhooks/webhook-search.js';
import { signedIn } from './frames.js';

const getParentRoute = () => signedIn;

const scans = createRoute({
  getParentRoute,
  path: '/scans',
  validateSearch: scansSearch,
  component: lazyRouteComponent(() => import('../pages/scans/scans.js'), 'Scans'),
});
const webhook = createRoute({
  getParentRoute,
  path: '/namespaces/$id/webhooks/$webhook',
  validateSearch: webhookSearch,
  component: lazyRouteComponent(() => import('../pages/webhooks/webhook.js'), 'Webhook'),
});
const retention = createRoute({
  getParentRoute,
  path: '/admin/retention',
  validateSearch: retentionSearch,
  component: lazyRouteComponent(() => import('../pages/retention/retention.js'), 'Retention'),
});

/** What Portus does by itself: scanning, telling others, dropping tags. */
export const ruleRoutes = [scans, webhook, retention] as const;
