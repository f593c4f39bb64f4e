import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { load } from 'js-yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { Metrics } from '#platform/metrics/metrics.js';
import { documentedMetrics } from '../support/documented-metrics.js';

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; description: string; runbook: string };
}
interface Panel {
  title: string;
  targets?: { expr: string }[];
}

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(file(path), 'utf8');

const ALERTS = 'docker/monitoring/alerts.yml';
const { groups } = load(read(ALERTS)) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(read('docker/monitoring/dashboard.json')) as { panels: Panel[] };
/** Of Prometheus itself. */
const OTHERS = ['up'];
const SUFFIX = /_(?:bucket|sum|count)$/;

/** The metrics of an expression: names that no bracket follows, outside of braces, quotes and lists of labels. */
function metricsOf(expression: string): string[] {
  const bare = expression
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}/g, '')
    .replace(/\b(?:by|on|without|ignoring)\s*\([^)]*\)/g, '')
    .replace(/\[[^\]]*\]/g, '');
  const words = [...bare.matchAll(/\b[a-z][a-z0-9_]*\b(?!\s*\()/g)].map(([word]) => word);
  return words.filter((word) => !['and', 'or', 'unless', 'bool', 'by', 'on', 'e9'].includes(word));
}

describe('monitoring', () => {
  let known: Set<string>;
  beforeAll(async () => {
    const metrics = new Metrics();
    metrics.watchProcess();
    const process = [...(await metrics.scrape()).matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name!);
    known = new Set([...OTHERS, ...process, ...documentedMetrics().keys()]);
  });
  const unknown = (expression: string) =>
    metricsOf(expression).filter((name) => !known.has(name) && !known.has(name.replace(SUFFIX, '')));

  it('finds the metrics of an expression', () => {
    const expression = 'sum by (a) (rate(x_count{b="portus_no"}[5m])) / on () max(y) > bool 1e9 and absent(z)';
    expect(metricsOf(expression)).toEqual(['x_count', 'y', 'z']);
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))('has the rule %s on metrics that there are', (_, rule) => {
    expect(metricsOf(rule.expr)).not.toEqual([]);
    expect(unknown(rule.expr)).toEqual([]);
    expect(['warning', 'critical']).toContain(rule.labels.severity);
    expect(rule.annotations.runbook).toBe(`docs/runbook.md#${rule.alert.toLowerCase()}`);
  });

  it('has a dashboard on metrics that there are, and every metric of ours on it', () => {
    const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(expressions.length).toBeGreaterThan(40);
    expect(expressions.flatMap(unknown)).toEqual([]);
    const used = new Set(
      expressions.flatMap(metricsOf).map((name) => (known.has(name) ? name : name.replace(SUFFIX, ''))),
    );
    expect([...documentedMetrics().keys()].filter((name) => !used.has(name))).toEqual([]);
  });

  it('has a section of the runbook for each alert, with all that somebody needs at night, and no others', () => {
    const sections = read('docs/runbook.md').split(/^## /m).slice(1);
    expect(sections.map((section) => section.split('\n')[0])).toEqual(rules.map(({ alert }) => alert));
    for (const section of sections) {
      for (const part of ['Meaning', 'Likely causes', 'Look at', 'Do'])
        expect(section).toMatch(new RegExp(`^\\*\\*${part}\\.\\*\\* \\S.{20,}`, 'm'));
    }
  });

  const promtool = process.env['PORTUS_TEST_PROMTOOL'];
  describe.skipIf(!promtool)(`by Prometheus itself${promtool ? '' : ' (needs PORTUS_TEST_PROMTOOL)'}`, () => {
    const run = (...args: string[]) => promisify(execFile)(promtool!, args);

    it('has rules and a configuration that it takes', async () => {
      expect((await run('check', 'rules', file(ALERTS))).stdout).toContain(`SUCCESS: ${rules.length} rules found`);
      expect((await run('check', 'config', file('docker/monitoring/prometheus.yml'))).stdout).toContain('SUCCESS');
    });

    it('has alerts that fire when they should, and not before', async () => {
      expect((await run('test', 'rules', file('test/vectors/alerts.test.yml'))).stdout).toContain('SUCCESS');
    });
  });
});
