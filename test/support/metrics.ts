import type { Program } from './program.js';

/** The sum of a metric's series that have all of these labels, as the program shows it; null: there are none. */
export async function metric(
  program: Program,
  name: string,
  labels: Record<string, string> = {},
): Promise<number | null> {
  const answer = await fetch(program.metricsUrl);
  if (answer.status !== 200) throw new Error(`${program.metricsUrl} answered ${answer.status}`);
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const values = (await answer.text()).split('\n').flatMap((line) => {
    const [, found, shown = '', value] = /^([a-z0-9_]+)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? [];
    return found === name && wanted.every((one) => shown.split(',').includes(one)) ? [Number(value)] : [];
  });
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}
