/** All objects of each kind, read once and again after a change; what fields offer to choose from. */

import { page } from '$lib/api/client';
import type { Values } from './form/path';
import { kindOf } from './kinds/all';
import { Listing } from '$lib/ui/listing.svelte';

const PAGE_ROWS = 200;

class Catalogue {
  #listings = new Map<string, Listing<Values>>();

  /** Every object of a kind. Being read is begun by asking. */
  of(key: string): Listing<Values> {
    let listing = this.#listings.get(key);
    if (!listing) {
      const { path } = kindOf(key);
      listing = new Listing<Values>(async () => {
        const rows: Values[] = [];
        for (let next: string | null = `${path}?limit=${PAGE_ROWS}`; next; ) {
          const slice: { rows: Values[]; next: string | null } = await page<Values>(next);
          rows.push(...(Array.isArray(slice.rows) ? slice.rows : [slice.rows]));
          next = slice.next;
        }
        return { rows, next: null };
      });
      this.#listings.set(key, listing);
      void listing.reload();
    }
    return listing;
  }

  /** After a change. Objects hold copies of those they name, so all that was read is read again. */
  async changed(): Promise<void> {
    await Promise.all([...this.#listings.values()].map((listing) => listing.reload()));
  }
}

export const catalogue = new Catalogue();
