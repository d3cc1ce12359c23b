/**
 * Something of the hub that is asked for again and again, while somebody looks.
 *
 * Promises: one question at a time; none while the page is hidden, and one at once when it is seen again; what was read
 * stays until there is something newer.
 */

import { Problem } from './problem';

export class Watch<T> {
  value: T | null = $state.raw(null);
  /** Why the last question had no answer. */
  problem: Problem | null = $state.raw(null);
  /** When `value` was read, by this computer's clock. */
  readAt = $state(0);
  #ask: () => Promise<T | null>;
  #everyMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #stopped = true;

  constructor(ask: () => Promise<T | null>, everyMs: number) {
    this.#ask = ask;
    this.#everyMs = everyMs;
  }

  /** Begins, and returns how to end. */
  start = (): (() => void) => {
    this.#stopped = false;
    document.addEventListener('visibilitychange', this.look);
    void this.look();
    return () => {
      this.#stopped = true;
      clearTimeout(this.#timer);
      document.removeEventListener('visibilitychange', this.look);
    };
  };

  look = async (): Promise<void> => {
    clearTimeout(this.#timer);
    if (this.#asking || this.#stopped || document.hidden) return;
    this.#asking = true;
    try {
      this.value = await this.#ask();
      this.readAt = Date.now();
      this.problem = null;
    } catch (thrown) {
      this.problem = Problem.of(thrown);
    } finally {
      this.#asking = false;
      if (!this.#stopped) this.#timer = setTimeout(() => void this.look(), this.#everyMs);
    }
  };
}
