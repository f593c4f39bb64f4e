import type { Command } from 'commander';
import { AuditChain, type Verdict } from '#audit/audit-chain.js';
import { ActivitySealsRepository } from '#persistence/activity-seals.repository.js';
import { withDatabase } from '../database/with-database.js';
import { CommandFailure, EXIT, EXIT_HELP, type Io } from '../io.js';
import { give, JSON_FLAG, type JsonOption } from '../output.js';

interface VerifyOptions extends JsonOption {
  expect?: string;
}

/** `portus audit …`: the chain over the audit log. */
export function addAuditCommands(program: Command, io: Io): void {
  const audit = program.command('audit').description('the audit log');
  audit
    .command('verify')
    .description('compute the chain over the activities anew, and say where it is broken')
    .option('--expect <hash>', 'the last link must be this one, or come after it: as printed here before')
    .option(...JSON_FLAG)
    .addHelpText('after', EXIT_HELP)
    .action((options: VerifyOptions) => verify(options, io));
}

async function verify(options: VerifyOptions, io: Io): Promise<void> {
  let seen = options.expect === undefined;
  const verdict = await withDatabase(io, (database) => {
    const chain = new AuditChain(new ActivitySealsRepository(database));
    return chain.verify({ onLink: (hash) => (seen ||= hash === options.expect) });
  });
  const expected = options.expect === undefined ? {} : { expected: seen };
  give(io, options, { ...viewVerdict(verdict), ...expected }, describe(verdict));
  if (!verdict.intact) throw new CommandFailure(`the chain is broken at link ${verdict.brokenAt}`, EXIT.findings);
  if (!seen) throw new CommandFailure('the expected link is not in the chain: it was made anew', EXIT.findings);
}

function viewVerdict({ intact, seals, rows, unsealed, brokenAt, lastHash }: Verdict) {
  return { intact, links: seals, activities: rows, unsealed, broken_at: brokenAt, last_link: lastHash };
}

function describe({ seals, rows, unsealed, lastHash }: Verdict): string {
  const good = `${rows} activities in ${seals} links fit together; ${unsealed} wait for their link\n`;
  return lastHash === null ? good : `${good}last link: ${lastHash}\n`;
}
