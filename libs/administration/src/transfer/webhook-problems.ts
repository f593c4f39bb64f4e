import { contentTypeProblem } from '#domain/webhook/webhook-input.js';
import { MAX_WEBHOOKS } from '#persistence/webhooks.repository.js';
import type { AddressGuard } from '#webhooks/address-guard.js';
import { hookTarget } from '#webhooks/hook-target.js';
import type { ExportDocument } from './document.js';

type Hook = ExportDocument['sections']['webhooks'][number];

/** What the API would refuse about webhooks of a file, beyond their single fields: where they lead, and how many. */
export function webhookProblems(hooks: readonly Hook[], guard: AddressGuard): string[] {
  const problems: string[] = [];
  const counts = new Map<string, number>();
  for (const [i, hook] of hooks.entries()) {
    const place = `${hook.registry} / ${hook.namespace}`;
    const count = (counts.get(place) ?? 0) + 1;
    counts.set(place, count);
    if (count === MAX_WEBHOOKS + 1) problems.push(`sections.webhooks: ${place}: are more than ${MAX_WEBHOOKS}`);
    const type = contentTypeProblem(hook);
    if (type !== null) problems.push(`sections.webhooks.${i}.content_type: ${type}`);
    const target = hookTarget(hook.url, guard);
    if (typeof target === 'string') problems.push(`sections.webhooks.${i}.url: ${target}`);
    else if (target.url !== hook.url) problems.push(`sections.webhooks.${i}.url: must be written ${target.url}`);
    else if (target.origin !== hook.origin) problems.push(`sections.webhooks.${i}.origin: is not that of the url`);
  }
  return problems;
}
