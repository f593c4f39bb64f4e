import { type Command, InvalidArgumentError, Option } from 'commander';
import { RegistrySetup } from '#administration/registry-setup.js';
import { isEqual } from '#domain/sync/is-equal.js';
import { SYNC_MODES, type SyncMode } from '#domain/sync/strategy.js';
import { BY_COMMAND } from '#persistence/activities.repository.js';
import { type DifferenceRow, SyncDifferencesRepository } from '#persistence/sync-differences.repository.js';
import { type RunView, SyncPlansRepository } from '#persistence/sync-plans.repository.js';
import { withDatabase } from '../database/with-database.js';
import { CommandFailure, EXIT, EXIT_HELP, type Io } from '../io.js';
import { give, JSON_FLAG, type JsonOption, table } from '../output.js';

interface SyncOptions extends JsonOption {
  mode: SyncMode;
  strategy: 'update' | 'update-delete';
  dryRun?: true;
  wait?: number;
}

const POLL_MS = 500;
const MAX_SHOWN = 1_000;
const ENDED = new Set(['done', 'held', 'failed', 'cancelled', 'waiting']);

/** `portus registry sync|drift`: syncs are rows, which a worker finds within two seconds. */
export function addSyncCommands(registries: Command, io: Io): void {
  registries
    .command('sync')
    .description('ask for a sync; a worker does it')
    .argument('[registry]', 'name or hostname; default: the only one')
    .addOption(new Option('--mode <mode>', 'deep: also the digests').choices(SYNC_MODES).default('deep'))
    .addOption(
      new Option('--strategy <strategy>', 'update-delete also removes what is proved to be gone')
        .choices(['update', 'update-delete'])
        .default('update'),
    )
    .option('--dry-run', 'change nothing, only find what differs')
    .option('--wait <seconds>', 'wait so long for its end', seconds)
    .option(...JSON_FLAG)
    .addHelpText('after', EXIT_HELP)
    .action((which: string | undefined, options: SyncOptions) => sync(which, options, io));
  registries
    .command('drift')
    .description('what differs between catalog and registry, as far as the newest syncs know; ends with 3 if anything')
    .argument('[registry]', 'name or hostname; default: the only one')
    .option(...JSON_FLAG)
    .addHelpText('after', EXIT_HELP)
    .action((which: string | undefined, options: JsonOption) => drift(which, options, io));
}

async function sync(which: string | undefined, options: SyncOptions, io: Io): Promise<void> {
  const { mode, strategy, dryRun = false, wait = 0 } = options;
  const run = await withDatabase(io, async (database) => {
    const registry = await new RegistrySetup(database).find(which);
    const plans = new SyncPlansRepository(database);
    const id = await plans.ask(registry.id, { mode, strategy, dryRun, requestedBy: BY_COMMAND.actorName! });
    return untilEnded(async () => (await plans.find(registry.id, id))!, wait * 1_000);
  });
  give(io, options, viewRun(run), `run ${run.id}: ${run.state}${run.outcome ? `, ${run.outcome}` : ''}\n`);
  if (wait > 0 && !ENDED.has(run.state)) throw new CommandFailure(`run ${run.id} has not ended in ${wait} s`);
  if (run.state === 'failed') throw new CommandFailure(`run ${run.id} has failed`);
}

async function untilEnded(look: () => Promise<RunView>, patienceMs: number): Promise<RunView> {
  const end = Date.now() + patienceMs;
  let run = await look();
  while (!ENDED.has(run.state) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    run = await look();
  }
  return run;
}

async function drift(which: string | undefined, options: JsonOption, io: Io): Promise<void> {
  const { registry, latest, deep, found } = await withDatabase(io, async (database) => {
    const registry = await new RegistrySetup(database).find(which);
    const { latest, deep } = await new SyncPlansRepository(database).compared(registry.id);
    const runs = { latest: latest?.id ?? 0, deep: deep?.id ?? 0 };
    const found = await new SyncDifferencesRepository(database).drift(registry.id, runs, 0, MAX_SHOWN);
    return { registry, latest, deep, found };
  });
  const equal = isEqual({ latest, deep }, found);
  const as_of = latest?.startedAt?.toISOString() ?? null;
  const view = { registry: registry.name, equal, as_of, total: found.total, differences: found.items.map(viewRow) };
  const since = as_of === null ? 'no sync has compared it yet' : `as of ${as_of}`;
  const rows = found.items.map((row) => [row.kind, nameOf(row), row.reason]);
  const head = `${registry.name}: ${equal ? 'equal' : `${found.total} differences`}, ${since}\n`;
  give(io, options, view, head + (rows.length === 0 ? '' : table(rows)));
  if (!equal) throw new CommandFailure(latest === null ? since : `${registry.name} differs`, EXIT.findings);
}

const nameOf = ({ repository, tag }: DifferenceRow): string => (tag === null ? repository : `${repository}:${tag}`);

function viewRow({ repository, tag, kind, state, storedDigest, registryDigest, reason }: DifferenceRow) {
  return { repository, tag, kind, state, stored_digest: storedDigest, registry_digest: registryDigest, reason };
}

function viewRun({ id, mode, strategy, dryRun, state, outcome, changes }: RunView) {
  return { id, mode, strategy, dry_run: dryRun, state, outcome, changes };
}

function seconds(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 86_400) return number;
  throw new InvalidArgumentError('It must be a whole number of seconds from 1 to 86400.');
}
