import { readFileSync } from 'node:fs';
import type { Program } from './program.js';

/** Name → its labels, in alphabetical order. */
export type MetricNames = Map<string, string[]>;

/** Of the tables of docs/metrics.md. Throws for one that stands there twice. */
export function documentedMetrics(): MetricNames {
  const text = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const found: MetricNames = new Map();
  for (const [, name = '', labels = ''] of text.matchAll(/^\| `([a-z_]+)(?:\{([a-z,]+)\})?`/gm)) {
    if (found.has(name)) throw new Error(`docs/metrics.md has ${name} twice`);
    found.set(name, labels === '' ? [] : labels.split(',').toSorted());
  }
  return found;
}

/** What a program shows; the labels of those that have a series at this moment, null of the others. */
export async function exposedMetrics(program: Program): Promise<Map<string, string[] | null>> {
  const text = await (await fetch(program.metricsUrl)).text();
  const found = new Map<string, string[] | null>();
  for (const [, name = ''] of text.matchAll(/^# TYPE (\S+) /gm)) found.set(name, null);
  for (const [, series = '', labels = ''] of text.matchAll(/^([a-z0-9_]+)(?:\{(.*)\})? \S+$/gim)) {
    const name = found.has(series) ? series : series.replace(/_(?:bucket|sum|count)$/, '');
    const names = [...labels.matchAll(/([a-z_]+)="/g)].map(([, label]) => label!).filter((label) => label !== 'le');
    if (found.get(name) === null || names.length > 0) found.set(name, names.toSorted());
  }
  return found;
}
