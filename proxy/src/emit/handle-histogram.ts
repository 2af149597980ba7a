import { Histogram, type HistogramConfiguration } from 'prom-client';

/** One series of a histogram, held by whoever observes. */
export class HistogramHandle {
  readonly counts: number[];
  sum = 0;
  readonly #bounds: readonly number[];

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let index = 0;
    while (index < this.#bounds.length && value > (this.#bounds[index] ?? 0)) index += 1;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.sum += value;
  }
}

interface Series<T extends string> {
  readonly labels: Partial<Record<T, string>>;
  readonly handle: HistogramHandle;
}

type Described<T extends string> = Awaited<ReturnType<Histogram<T>['get']>>;

/** A prom-client histogram whose series are looked up once and then kept. */
export class HandleHistogram<T extends string> extends Histogram<T> {
  /** Describes name, help and type to the registry; never observed. */
  readonly #description: Histogram<T>;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series<T>>();

  constructor(configuration: HistogramConfiguration<T> & { readonly buckets: number[] }) {
    super(configuration);
    this.#description = new Histogram<T>({ ...configuration, registers: [] });
    this.#bounds = configuration.buckets;
  }

  /** The series with these labels; made when it is new. */
  handle(labels: Partial<Record<T, string>>): HistogramHandle {
    const key = JSON.stringify(labels);
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { labels, handle: new HistogramHandle(this.#bounds) };
      this.#series.set(key, series);
    }
    return series.handle;
  }

  /** What prom-client's registry and `get` read. */
  async getForPromString(): Promise<Described<T>> {
    const described = await this.#description.get();
    return { ...described, values: [...this.#series.values()].flatMap((series) => this.#valuesOf(described.name, series)) };
  }

  #valuesOf(name: string, { labels, handle }: Series<T>): Described<T>['values'] {
    let cumulative = 0;
    const buckets = handle.counts.map((count, index) => {
      cumulative += count;
      return { metricName: `${name}_bucket`, labels: { ...labels, le: this.#bounds[index] ?? '+Inf' }, value: cumulative };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: handle.sum },
      { metricName: `${name}_count`, labels, value: cumulative },
    ];
  }
}
