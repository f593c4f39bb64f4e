import { AppError, InvalidError } from '#domain/errors/app-error.js';
import { ActivitiesRepository, type By } from '#persistence/activities.repository.js';
import type { Database, Sql } from '#persistence/database.js';
import { RegistryTakenError } from '#persistence/registries.repository.js';
import {
  TRANSFER_SECTIONS,
  TransferRepository,
  type TransferSection,
} from '#persistence/transfer/transfer.repository.js';
import type { AddressGuard } from '#webhooks/address-guard.js';
import { EXPORT_FORMAT, EXPORT_VERSION, exportDocument, type ExportDocument } from './document.js';
import { type Conflict, type Item, keyOf, planSection } from './plan-section.js';
import { webhookProblems } from './webhook-problems.js';

/** What to do about things that are there and differ: refuse all, leave them as they are, or take the file's. */
export const ON_CONFLICT = ['fail', 'keep', 'replace'] as const;
export type OnConflict = (typeof ON_CONFLICT)[number];

export interface ImportOptions {
  onConflict: OnConflict;
  dryRun: boolean;
  /** Where webhooks may be sent to. */
  guard: AddressGuard;
}

export interface SectionCounts {
  created: number;
  replaced: number;
  kept: number;
  unchanged: number;
}

export interface ImportOutcome {
  /** Whether anything was written, or would have been. */
  done: boolean;
  sections: Record<string, SectionCounts>;
  conflicts: Conflict[];
}

const MAX_PROBLEMS = 20;
const NOBODY = 'users: nobody who can sign in would administer this Portus any more';

/** Everything that people decided, as one file, and back. */
export class Transfer {
  private readonly repository: TransferRepository;
  private readonly activities: ActivitiesRepository;

  constructor(database: Database) {
    this.repository = new TransferRepository(database);
    this.activities = new ActivitiesRepository(database);
  }

  async exportAll(now: Date): Promise<ExportDocument> {
    const sections = (await this.repository.readAll()) as ExportDocument['sections'];
    return { format: EXPORT_FORMAT, version: EXPORT_VERSION, exported_at: now.toISOString(), sections };
  }

  /** All of it or nothing, in one transaction. The same file once more changes nothing. Throws for a file that is none. */
  async importAll(by: By, document: unknown, options: ImportOptions): Promise<ImportOutcome> {
    const { sections } = readDocument(document, options.guard);
    const outcome: ImportOutcome = { done: true, sections: {}, conflicts: [] };
    try {
      await this.repository.write(async (sql) => {
        const administered = await this.repository.isAdministered(sql);
        const run = new ImportRun(sql, this.repository, this.activities, by, options);
        for (const section of TRANSFER_SECTIONS) {
          const wanted = sections[section.name as keyof typeof sections] as Item[];
          outcome.sections[section.name] = await run.section(section, wanted, outcome.conflicts);
        }
        await this.repository.completePersonal(sql);
        if (administered && !(await this.repository.isAdministered(sql))) throw new AppError('conflict', NOBODY);
        if (options.onConflict === 'fail' && outcome.conflicts.length > 0) outcome.done = false;
        if (options.dryRun || !outcome.done) throw new RollBack();
      });
    } catch (error) {
      if (!(error instanceof RollBack)) throw error;
    }
    return outcome;
  }
}

/** Not an error: what was tried shall not stay. */
class RollBack extends Error {}

function readDocument(document: unknown, guard: AddressGuard): ExportDocument {
  const parsed = exportDocument.safeParse(document);
  const problems = parsed.success
    ? webhookProblems(parsed.data.sections.webhooks, guard)
    : parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new InvalidError({ file: problems.slice(0, MAX_PROBLEMS) });
}

/** One import under way. */
class ImportRun {
  private readonly created = new Set<string>();

  constructor(
    private readonly sql: Sql,
    private readonly repository: TransferRepository,
    private readonly activities: ActivitiesRepository,
    private readonly by: By,
    private readonly options: Pick<ImportOptions, 'onConflict'>,
  ) {}

  async section(section: TransferSection, wanted: Item[], conflicts: Conflict[]): Promise<SectionCounts> {
    const plan = planSection(section, await this.repository.read(this.sql, section), wanted);
    const counts = { created: 0, replaced: 0, kept: 0, unchanged: plan.unchanged };
    for (const item of plan.create) {
      await this.write(section, item, 'created');
      counts.created++;
    }
    for (const { item, conflict } of plan.differing) {
      // The global namespace of a new registry came with it.
      const mine = this.created.has(`registries ${keyOf({ key: ['registry'] }, item)}`);
      if (!mine) conflicts.push(conflict);
      if (mine || this.options.onConflict === 'replace') {
        await this.write(section, item, 'replaced');
        counts.replaced++;
      } else counts.kept++;
    }
    return counts;
  }

  private async write(section: TransferSection, item: Item, how: 'created' | 'replaced'): Promise<void> {
    const key = keyOf(section, item);
    const id = await named(section, key, () => (how === 'created' ? section.insert : section.update)(this.sql, item));
    if (how === 'created') this.created.add(`${section.name} ${key}`);
    const told = { key: section.activities[how], subjectType: section.subject, subjectId: id, subjectName: key };
    await this.activities.record(this.by, { ...told, details: { import: how } }, this.sql);
  }
}

/** Says which of all things can not be written, and why. */
async function named(section: TransferSection, key: string, work: () => Promise<number | null>): Promise<number> {
  try {
    const id = await work();
    if (id !== null) return id;
  } catch (error) {
    const { code, detail } = error as { code?: string; detail?: string };
    if (error instanceof RegistryTakenError)
      throw new AppError('conflict', `${section.name}: ${key}: ${error.message}`);
    if (code !== '23505') throw error;
    throw new AppError('conflict', `${section.name}: ${key}: ${detail ?? 'something of it is another one’s'}`);
  }
  throw new AppError(
    'conflict',
    `${section.name}: ${key}: something that it refers to is not there, or is of another kind`,
  );
}
