/** People, of whom there may be thousands: found by what is typed, and read one by one where a name is wanted. */

import { ask, page, type Schema } from '$lib/api/client';
import type { Choice } from '$lib/ui/Select.svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Values } from './form/path';
import { user } from './kinds/people';

/** More are found by typing on. */
const FOUND_MAX = 50;

class People<T> {
  readonly #path: string;
  readonly #choice: (one: T) => Choice;
  #names = new SvelteMap<string, string>();
  #asked = new Set<string>();

  constructor(path: string, choice: (one: T) => Choice) {
    this.#path = path;
    this.#choice = choice;
  }

  /** Those whose names hold what is typed. */
  find = async (typed: string): Promise<Choice[]> => {
    const query = new URLSearchParams({ limit: String(FOUND_MAX), ...(typed ? { q: typed } : {}) });
    const { rows } = await page<T>(`${this.#path}?${query}`);
    const choices = rows.map(this.#choice);
    for (const { value, label } of choices) this.#names.set(value, label);
    return choices;
  };

  /** What somebody is called; nothing before it is known, and of who is gone. */
  name(id: string): string | undefined {
    if (!this.#asked.has(id)) {
      this.#asked.add(id);
      queueMicrotask(() => void this.#read(id));
    }
    return this.#names.get(id);
  }

  async #read(id: string): Promise<void> {
    if (this.#names.has(id)) return;
    const found = await ask<T>('GET', `${this.#path}/${encodeURIComponent(id)}`).catch(() => null);
    if (found) this.#names.set(id, this.#choice(found.value).label);
  }
}

export const users = new People<Values>(user.path, (one) => ({ value: String(one.id), label: user.name(one), hint: String(one.username) }));

/** Who works as an agent. */
export const agents = new People<Schema['Agent']>('/routing-engine/agents', ({ id = '', keycloakUser }) => {
  const { firstName, lastName, username = '' } = keycloakUser ?? {};
  return { value: id, label: [firstName, lastName].filter(Boolean).join(' ') || username || id, hint: username };
});
