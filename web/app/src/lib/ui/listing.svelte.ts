/** Rows that come in pages, each after the last row of the one before. */

import { Problem } from '$lib/api/problem';

export interface Slice<T, K> {
  rows: T[];
  /** What to ask for the next page with; `null` when this was the last. */
  next: K | null;
}

export class Listing<T, K = string> {
  rows: T[] = $state.raw([]);
  loading = $state(true);
  problem: Problem | null = $state(null);
  #next: K | null = $state.raw(null);
  #read: (after: K | null, begun: (rows: T[]) => void) => Promise<Slice<T, K>>;
  /** Answers to an older question are not shown. */
  #asked = 0;

  /** What takes long to read may say what it has begun with; that is shown where there is nothing yet. */
  constructor(read: (after: K | null, begun: (rows: T[]) => void) => Promise<Slice<T, K>>) {
    this.#read = read;
  }

  get hasMore(): boolean {
    return this.#next !== null;
  }

  /** Reads from the start. What is shown stays until the answer is there. */
  reload = async (): Promise<void> => this.#load(null);

  more = async (): Promise<void> => this.#load(this.#next);

  async #load(after: K | null): Promise<void> {
    const question = (this.#asked += 1);
    this.loading = true;
    this.problem = null;
    const isFirst = this.rows.length === 0;
    const begun = (rows: T[]) => {
      if (isFirst && question === this.#asked) this.rows = rows;
    };
    try {
      const slice = await this.#read(after, begun);
      if (question !== this.#asked) return;
      this.rows = after === null ? slice.rows : [...this.rows, ...slice.rows];
      this.#next = slice.next;
    } catch (thrown) {
      if (question === this.#asked) this.problem = Problem.of(thrown);
    } finally {
      if (question === this.#asked) this.loading = false;
    }
  }
}
