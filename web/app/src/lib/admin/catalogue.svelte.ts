/** All objects of each kind, read once and again after a change; what fields offer to choose from. */

import { page, type PageOf } from '$lib/api/client';
import type { Values } from './form/path';
import { KINDS } from './kinds/all';
import { Listing, type Slice } from '$lib/ui/listing.svelte';

const PAGE_ROWS = 200;

class Catalogue {
  #listings = new Map<string, Listing<Values>>();
  #begun = new Set<string>();

  /** Makes the lists, before anything is derived from them: what is made meanwhile would not be followed. */
  open(): void {
    for (const { key, path } of KINDS) {
      if (!this.#listings.has(key)) this.#listings.set(key, new Listing(() => readAll(path)));
    }
  }

  /** Every object of a kind. Being read is begun by asking. */
  of(key: string): Listing<Values> {
    const listing = this.#listings.get(key);
    if (!listing) throw new Error(`no kind is called ${key}`);
    if (!this.#begun.has(key)) {
      this.#begun.add(key);
      queueMicrotask(() => void listing.reload());
    }
    return listing;
  }

  /** After a change. Objects hold copies of those they name, so all that was read is read again. */
  async changed(): Promise<void> {
    await Promise.all([...this.#begun].map((key) => this.of(key).reload()));
  }
}

async function readAll(path: string): Promise<Slice<Values, string>> {
  const rows: Values[] = [];
  for (let next: string | null = `${path}?limit=${PAGE_ROWS}`; next; ) {
    const slice: PageOf<Values> = await page<Values>(next);
    rows.push(...slice.rows);
    next = slice.next;
  }
  return { rows, next: null };
}

export const catalogue = new Catalogue();
