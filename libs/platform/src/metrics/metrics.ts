import { Counter, Gauge, Histogram, collectDefaultMetrics, Registry } from 'prom-client';
import { atMost } from '../lifecycle/at-most.js';
import { SharedResult } from '../lifecycle/shared-result.js';
import { VERSION } from '../program/version.js';

/** Label → the closed list of its values. Nothing that people type may become a label: lists keep the series bounded. */
export type LabelValues = Readonly<Record<string, readonly string[]>>;
type OneOfEach<L extends LabelValues> = { readonly [K in keyof L]: L[K][number] };

/** One series of a counter. Hot paths keep it instead of looking it up. */
export interface Count {
  inc(by?: number): void;
}

/** One series of a histogram. */
export interface Observed {
  observe(value: number): void;
}

/** All series of a metric. Unless it is sparse they are made at once: each is shown from the start, as 0. */
export interface Series<L extends LabelValues, T> {
  /** Throws TypeError for values outside of the lists. */
  of(values: OneOfEach<L>): T;
}

/** One number of a gauge, with the labels that it was declared with. */
export interface Sample<N extends string> {
  labels?: Readonly<Record<N, string>>;
  value: number;
}

export interface Described<L extends LabelValues> {
  /** `portus_…`, with its unit: `_total` for counters, `_seconds`, `_bytes`. */
  name: string;
  help: string;
  labels: L;
  /** Each series is made, and shown, when it is first asked for: for lists whose combinations mostly never happen. */
  sparse?: boolean;
}

export interface GaugeDescription<N extends string> {
  name: string;
  help: string;
  labels: readonly N[];
  /** Asked at each scrape. May ask the database, through something that is shared for a few seconds. */
  read: () => readonly Sample<N>[] | Promise<readonly Sample<N>[]>;
}

/** A gauge that can not be read in this time is missing from the scrape, milliseconds. */
const READ_MS = 2_000;

/** The metrics of one process, in Prometheus's text format. Declared once, by the room that counts. */
export class Metrics {
  private readonly registry = new Registry();
  /** However many scrape at once, it is read once. */
  private readonly shared = new SharedResult(0, () => this.registry.metrics());

  readonly contentType: string = this.registry.contentType;

  /** Throws when a metric of this name exists already. */
  counter<const L extends LabelValues>({ name, help, labels, sparse = false }: Described<L>): Series<L, Count> {
    const cells: [Combination, Cell][] = [];
    const make = (values: Combination) => {
      const cell = new Cell();
      cells.push([values, cell]);
      return cell;
    };
    const series = seriesOf(name, labels, make, sparse);
    const collect = (): void => {
      counter.reset();
      for (const [values, { value }] of cells) counter.inc(values, value);
    };
    const labelNames = Object.keys(labels);
    const counter: Counter = new Counter({ name, help, labelNames, registers: [this.registry], collect });
    return series;
  }

  /** @param buckets upper bounds, in the unit of the name */
  histogram<const L extends LabelValues>(
    { name, help, labels, sparse = false }: Described<L>,
    buckets: readonly number[],
  ): Series<L, Observed> {
    const labelNames = Object.keys(labels);
    const histogram = new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.registry] });
    const make = (values: Combination) => {
      histogram.zero(values);
      return histogram.labels(values);
    };
    return seriesOf(name, labels, make, sparse);
  }

  /** A number that is looked up at each scrape. What can not be read is left out of it; the rest is shown. */
  gauge<const N extends string>({ name, help, labels, read }: GaugeDescription<N>): void {
    const collect = async (): Promise<void> => {
      gauge.reset();
      const reading = Promise.resolve().then(read);
      const samples = await atMost(READ_MS, reading).then(
        async (inTime) => (inTime ? reading : []),
        () => [],
      );
      // A series without labels is there, as 0, until it is taken away.
      if (samples.length === 0 && labels.length === 0) gauge.remove();
      for (const { labels: values, value } of samples) gauge.set(values ?? {}, value);
    };
    const gauge: Gauge = new Gauge({ name, help, labelNames: [...labels], registers: [this.registry], collect });
  }

  /** What runs, and its memory, processor time, garbage collection, open files and lag of the event loop. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
    this.gauge({
      name: 'portus_build_info',
      help: 'Which Portus this is, on which Node.js; always 1.',
      labels: ['version', 'node'],
      read: () => [{ labels: { version: VERSION, node: process.version }, value: 1 }],
    });
  }

  /** The text of a scrape. */
  async scrape(): Promise<string> {
    return this.shared.get();
  }
}

type Combination = Record<string, string>;

/** Counts by itself and is read at scrapes: prom-client would look the series up by its labels with every count. */
class Cell implements Count {
  value = 0;

  inc(by = 1): void {
    this.value += by;
  }
}

function seriesOf<L extends LabelValues, T>(name: string, labels: L, make: (v: Combination) => T, sparse: boolean) {
  const names = Object.keys(labels);
  const keyOf = (values: Combination): string => names.map((label) => values[label]).join('\n');
  const all = sparse ? [] : combinations(labels);
  const made = new Map(all.map((values) => [keyOf(values), make(values)] as const));
  const known = Object.entries(labels).map(([label, list]) => ({ label, values: new Set(list) }));
  const makeLate = (values: Combination): T | undefined => {
    if (!sparse || !known.every(({ label, values: list }) => list.has(values[label] ?? ''))) return undefined;
    const one = make(values);
    made.set(keyOf(values), one);
    return one;
  };
  const of = (values: OneOfEach<L>): T => {
    const one = made.get(keyOf(values)) ?? makeLate(values);
    if (one === undefined) throw new TypeError(`${name} has no series for ${JSON.stringify(values)}`);
    return one;
  };
  return { of };
}

function combinations(labels: LabelValues): Combination[] {
  let all: Combination[] = [{}];
  for (const [label, values] of Object.entries(labels)) {
    all = all.flatMap((one) => values.map((value) => ({ ...one, [label]: value })));
  }
  return all;
}
