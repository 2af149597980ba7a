import type { ClientSuite } from './client-suite.ts';

type Outcome = 'passed' | 'refused' | 'failed';

interface Entry {
  readonly client: string;
  readonly dialect: string;
  readonly title: string;
  outcome: Outcome;
  readonly losses: Set<string>;
}

/** What became of every case of every client with every dialect, for the table in docs/dialects.md. */
export class MatrixRecord {
  readonly #entries: Entry[] = [];

  begin(client: string, dialect: string, title: string): void {
    this.#entries.push({ client, dialect, title, outcome: 'failed', losses: new Set() });
  }

  end(outcome: Outcome): void {
    const entry = this.#entries.at(-1);
    if (entry !== undefined) entry.outcome = outcome;
  }

  /** @param header `x-headgate-loss` of an answer; positions are left out */
  noteLosses(header: string | null): void {
    for (const field of header?.split(', ') ?? []) this.#entries.at(-1)?.losses.add(field.replace(/\[\d+\]/g, '[]'));
  }

  isWhole(suites: readonly ClientSuite[], dialects: readonly string[]): boolean {
    const cases = suites.reduce((sum, suite) => sum + suite.cases.length, 0);
    return this.#entries.length === cases * dialects.length && this.#entries.every(({ outcome }) => outcome !== 'failed');
  }

  /** Clients by dialects, then the refusals and losses by name. */
  table(): string {
    const clients = [...new Set(this.#entries.map(({ client }) => client))];
    const dialects = [...new Set(this.#entries.map(({ dialect }) => dialect))];
    const rows = clients.map((client) => `| ${client} | ${dialects.map((dialect) => this.#cell(client, dialect)).join(' | ')} |`);
    const head = `| client | ${dialects.join(' | ')} |\n|---|${'---|'.repeat(dialects.length)}`;
    return `${[head, ...rows].join('\n')}\n${this.#list('Refused', this.#refusals())}${this.#list('Lost, and named', this.#losses())}`;
  }

  #cell(client: string, dialect: string): string {
    const entries = this.#entries.filter((entry) => entry.client === client && entry.dialect === dialect);
    const count = (outcome: Outcome): number => entries.filter((entry) => entry.outcome === outcome).length;
    const words = (['passed', 'refused', 'failed'] as const).filter((outcome) => count(outcome) > 0);
    return words.map((outcome) => `${count(outcome)} ${outcome}`).join(', ');
  }

  #refusals(): string[] {
    return this.#entries
      .filter(({ outcome }) => outcome === 'refused')
      .map(({ client, title, dialect }) => `${client}: ${title} -> ${dialect}`);
  }

  #losses(): string[] {
    return this.#entries.flatMap(({ client, dialect, losses }) => [...losses].map((field) => `${client}: \`${field}\` -> ${dialect}`));
  }

  #list(title: string, lines: readonly string[]): string {
    const grouped = new Map<string, Set<string>>();
    for (const line of lines) {
      const at = line.lastIndexOf(' -> ');
      const key = line.slice(0, at);
      grouped.set(key, (grouped.get(key) ?? new Set()).add(line.slice(at + 4)));
    }
    if (grouped.size === 0) return '';
    return `\n${title}:\n\n${[...grouped].map(([key, dialects]) => `- ${key}: ${[...dialects].join(', ')}`).join('\n')}\n`;
  }
}
