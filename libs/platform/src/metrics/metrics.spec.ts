import { describe, expect, it } from 'vitest';
import { Metrics } from './metrics.js';

/** The lines of a metric, without its comments. */
const linesOf = async (metrics: Metrics, name: string) =>
  (await metrics.scrape()).split('\n').filter((line) => line.startsWith(name));

describe(Metrics.name, () => {
  it('shows every series of a counter from the start, and counts each by itself', async () => {
    const sut = new Metrics();
    const labels = { outcome: ['good', 'bad'], kind: ['a', 'b'] } as const;
    const series = sut.counter({ name: 'things_total', help: 'Things.', labels });
    series.of({ outcome: 'good', kind: 'b' }).inc();
    series.of({ outcome: 'good', kind: 'b' }).inc(2);
    expect(await linesOf(sut, 'things_total')).toEqual([
      'things_total{outcome="good",kind="a"} 0',
      'things_total{outcome="good",kind="b"} 3',
      'things_total{outcome="bad",kind="a"} 0',
      'things_total{outcome="bad",kind="b"} 0',
    ]);
  });

  it('has no series outside of the lists: what people type can make none', () => {
    const series = new Metrics().counter({ name: 'things_total', help: 'Things.', labels: { kind: ['a'] } });
    expect(() => series.of({ kind: 'typed by somebody' as 'a' })).toThrow(TypeError);
  });

  it('makes series of a sparse metric when they are asked for, and none outside of the lists', async () => {
    const sut = new Metrics();
    const series = sut.counter({ name: 'things_total', help: 'Things.', labels: { kind: ['a', 'b'] }, sparse: true });
    const labels = { route: ['/x', '/y'] };
    const times = sut.histogram({ name: 'times', help: 'Times.', labels, sparse: true }, [1]);
    expect(await linesOf(sut, 'things_total')).toEqual([]);
    for (let i = 0; i < 2; i++) series.of({ kind: 'b' }).inc();
    times.of({ route: '/x' }).observe(0.5);
    expect(await linesOf(sut, 'things_total')).toEqual(['things_total{kind="b"} 2']);
    expect(await linesOf(sut, 'times_count')).toEqual(['times_count{route="/x"} 1']);
    expect(() => series.of({ kind: 'typed by somebody' as 'a' })).toThrow(TypeError);
    expect(() => times.of({ route: '/z' })).toThrow(TypeError);
  });

  it('takes a counter without labels', async () => {
    const sut = new Metrics();
    sut.counter({ name: 'things_total', help: 'Things.', labels: {} }).of({}).inc();
    expect(await linesOf(sut, 'things_total')).toEqual(['things_total 1']);
  });

  it('refuses a second metric of the same name', () => {
    const sut = new Metrics();
    const description = { name: 'things_total', help: 'Things.', labels: {} };
    sut.counter(description);
    expect(() => sut.counter(description)).toThrow('already been registered');
  });

  it('shows how often a value fell into each bucket', async () => {
    const sut = new Metrics();
    const description = { name: 'time_seconds', help: 'Time.', labels: { kind: ['a', 'b'] } } as const;
    sut.histogram(description, [0.1, 1]).of({ kind: 'a' }).observe(0.5);
    const lines = await linesOf(sut, 'time_seconds');
    expect(lines).toContain('time_seconds_bucket{le="0.1",kind="a"} 0');
    expect(lines).toContain('time_seconds_bucket{le="1",kind="a"} 1');
    expect(lines).toContain('time_seconds_count{kind="b"} 0');
  });

  it('asks gauges at each scrape, and forgets series that are not there any more', async () => {
    const sut = new Metrics();
    let names = ['one', 'two'];
    const read = () => names.map((name) => ({ labels: { registry: name }, value: name.length }));
    sut.gauge({ name: 'length', help: 'Length.', labels: ['registry'], read });
    expect(await linesOf(sut, 'length')).toEqual(['length{registry="one"} 3', 'length{registry="two"} 3']);
    names = ['three'];
    expect(await linesOf(sut, 'length')).toEqual(['length{registry="three"} 5']);
  });

  it('leaves out what can not be read, and shows the rest', async () => {
    const sut = new Metrics();
    const fail = async () => Promise.reject(new Error('the database is away'));
    sut.gauge({ name: 'waiting', help: 'Waiting.', labels: [], read: fail });
    sut.gauge({ name: 'pool', help: 'Pool.', labels: [], read: () => [{ value: 4 }] });
    sut.gauge({ name: 'age', help: 'Age.', labels: ['registry'], read: fail });
    expect(await linesOf(sut, 'waiting')).toEqual([]);
    expect(await linesOf(sut, 'age')).toEqual([]);
    expect(await linesOf(sut, 'pool')).toEqual(['pool 4']);
  });

  it('reads once for all who scrape at once', async () => {
    const sut = new Metrics();
    let reads = 0;
    sut.gauge({ name: 'reads', help: 'Reads.', labels: [], read: () => [{ value: ++reads }] });
    await Promise.all([sut.scrape(), sut.scrape(), sut.scrape()]);
    expect(reads).toBe(1);
    expect(await linesOf(sut, 'reads')).toEqual(['reads 2']);
  });
});
