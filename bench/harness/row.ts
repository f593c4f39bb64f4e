import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { median, type Sample } from './sample.js';

/** One row of the table: our work beside the least that anybody could do for the same result. */
export interface Row {
  name: string;
  /** What is measured against what, in a few words. */
  what: string;
  unit: string;
  ours: () => Promise<Sample>;
  limit: () => Promise<Sample>;
  /** Default 5; fewer for work that takes long. */
  rounds?: number;
}

/** BENCH_ROUNDS=1 is for a quick look. */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const OUTPUT = '.test-output';

/**
 * Runs ours and the limit alternately, after one uncounted run of each, so that whatever slows the machine slows both.
 * The ratio is the median of the rounds' ratios. Prints one line and keeps all numbers in `.test-output/bench.json`.
 */
export async function measureRow(row: Row): Promise<void> {
  await row.limit();
  await row.ours();
  const rounds: { ours: Sample; limit: Sample }[] = [];
  for (let round = 0; round < Math.min(row.rounds ?? ROUNDS, ROUNDS); round += 1) {
    const limit = await row.limit();
    rounds.push({ limit, ours: await row.ours() });
  }
  const result = summarise(row, rounds);
  process.stdout.write(`${line(result)}\n`);
  keep({ ...result, rounds });
}

type Result = ReturnType<typeof summarise>;

function summarise(row: Row, rounds: { ours: Sample; limit: Sample }[]) {
  const middle = (pick: (round: { ours: Sample; limit: Sample }) => number) => median(rounds.map(pick));
  const timed = rounds.every(({ ours, limit }) => ours.p99 !== undefined && limit.p99 !== undefined);
  return {
    name: row.name,
    what: row.what,
    unit: row.unit,
    ratio: middle(({ ours, limit }) => ours.rate / limit.rate),
    limit: middle(({ limit }) => limit.rate),
    ours: middle(({ ours }) => ours.rate),
    cpu: rounds[0]?.ours.cpu && { limit: middleCpu(rounds, 'limit'), ours: middleCpu(rounds, 'ours') },
    times: timed && {
      p99Ratio: middle(({ ours, limit }) => ours.p99! / limit.p99!),
      limit: { p50: middle(({ limit }) => limit.p50!), p99: middle(({ limit }) => limit.p99!) },
      ours: { p50: middle(({ ours }) => ours.p50!), p99: middle(({ ours }) => ours.p99!) },
    },
  };
}

function middleCpu(rounds: { ours: Sample; limit: Sample }[], side: 'ours' | 'limit'): Record<string, number> {
  const names = Object.keys(rounds[0]![side].cpu ?? {});
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((round) => round[side].cpu?.[name] ?? 0))]));
}

function line({ name, what, unit, ratio, limit, ours, times, cpu }: Result): string {
  const rates = `${name} ratio=${ratio.toFixed(2)} limit=${limit.toFixed(0)} ours=${ours.toFixed(0)} ${unit}`;
  const costs = (side: Record<string, number>) =>
    Object.entries(side)
      .map(([process, ms]) => `${process} ${ms.toFixed(2)}`)
      .join(', ');
  if (!times) return `${rates}${cpu ? ` cpu limit=(${costs(cpu.limit)}) ours=(${costs(cpu.ours)}) ms` : ''} (${what})`;
  const pair = ({ p50, p99 }: { p50: number; p99: number }) => `${p50.toFixed(1)}/${p99.toFixed(1)}`;
  const p99 = `p99-ratio=${times.p99Ratio.toFixed(2)} p50/p99 limit=${pair(times.limit)} ours=${pair(times.ours)} ms`;
  return `${rates} ${p99} (${what})`;
}

/** Keeps what was measured in `.test-output/bench.json`. Rows of earlier runs stay, until they are measured again. */
export function keep(result: { name: string } & Record<string, unknown>): void {
  const file = join(OUTPUT, 'bench.json');
  const kept = known(file).filter((row) => row.name !== result.name);
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version };
  mkdirSync(OUTPUT, { recursive: true });
  writeFileSync(
    file,
    `${JSON.stringify([...kept, { ...result, measuredAt: new Date().toISOString(), machine }], null, 2)}\n`,
  );
}

function known(file: string): { name: string }[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { name: string }[];
  } catch {
    return [];
  }
}
