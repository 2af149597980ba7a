import { Counter, type CounterConfiguration } from 'prom-client';

/** One series of a counter, held by whoever counts: adding to it is one addition, where prom-client hashes labels. */
export interface CounterHandle {
  value: number;
}

interface Series<T extends string> {
  readonly labels: Partial<Record<T, string>>;
  readonly handle: CounterHandle;
}

/** A prom-client counter whose series are looked up once and then kept. */
export class HandleCounter<T extends string> extends Counter<T> {
  readonly #configuration: CounterConfiguration<T>;
  readonly #series = new Map<string, Series<T>>();

  constructor(configuration: CounterConfiguration<T>) {
    super(configuration);
    this.#configuration = configuration;
  }

  /** The series with these labels; made when it is new. */
  handle(labels: Partial<Record<T, string>>): CounterHandle {
    const key = JSON.stringify(labels);
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { labels, handle: { value: 0 } };
      this.#series.set(key, series);
    }
    return series.handle;
  }

  override async get(): ReturnType<Counter<T>['get']> {
    const described = await super.get();
    const values = [...this.#series.values()].map(({ labels, handle }) => ({ labels, value: handle.value }));
    return { ...described, name: this.#configuration.name, values };
  }
}
