/** What workers do by themselves. Each may be switched off, in all workers or in some. */
export const BACKGROUND_TASKS = [
  'registry-events',
  'catalog-sync',
  'security-scan',
  'webhook-deliveries',
  'garbage-collector',
] as const;
export type BackgroundTask = (typeof BACKGROUND_TASKS)[number];
