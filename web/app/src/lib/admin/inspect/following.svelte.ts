/** A conversation, read again as it goes on, until it is closed. */

import { api, body, type Schema } from '$lib/api/client';
import { Problem } from '$lib/api/problem';

/** Asked again this often while the page is looked at. */
const EVERY_MS = 3000;

export class Following {
  conversation = $state.raw<Schema['Conversation'] | null>(null);
  problem: Problem | null = $state(null);
  readonly #id: string;

  constructor(id: string) {
    this.#id = id;
  }

  look = async (): Promise<void> => {
    try {
      const params = { path: { id: this.#id } };
      this.conversation = await body(api.GET('/conversation-manager/conversations/{id}', { params }));
      this.problem = null;
    } catch (thrown) {
      this.problem = Problem.of(thrown);
    }
  };

  /** Follows until what is given back is called. */
  start = (): (() => void) => {
    void this.look();
    const timer = setInterval(() => {
      if (!document.hidden && !this.conversation?.closedAt) void this.look();
    }, EVERY_MS);
    return () => clearInterval(timer);
  };
}
