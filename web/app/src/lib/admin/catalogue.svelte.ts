/**
 * All objects of each kind there are not too many of, in the order of their names; what fields offer to choose from.
 *
 * A kind is read when it is first asked for and, after a change, when it is next: at once by what is on the screen. Its
 * first rows are there before the last, so a list of thousands opens as quickly as a short one.
 */

import { page, type PageOf } from '$lib/api/client';
import { Listing, type Slice } from '$lib/ui/listing.svelte';
import type { Values } from './form/path';
import { KINDS } from './kinds/all';
import type { Kind } from './kinds/kind';
import { inOrder } from './kinds/order';

/** Few are there soon; of the others, few questions are asked. */
const FIRST_ROWS = 200;
const PAGE_ROWS = 1000;

class Catalogue {
  #listings = new Map<string, Listing<Values>>();
  #read = new Set<string>();
  /** Has those who derive something from a list ask for it again after a change. */
  #edition = $state(0);

  /** Makes the lists, before anything is derived from them: what is made meanwhile would not be followed. */
  open(): void {
    for (const kind of KINDS) {
      if (!kind.many && !this.#listings.has(kind.key)) this.#listings.set(kind.key, new Listing((_, begun) => readAll(kind, begun)));
    }
  }

  /** Every object of a kind. Being read is begun by asking. */
  of(key: string): Listing<Values> {
    const listing = this.#listings.get(key);
    if (!listing) throw new Error(`no kind is called ${key}`);
    void this.#edition;
    if (!this.#read.has(key)) {
      this.#read.add(key);
      queueMicrotask(() => void listing.reload());
    }
    return listing;
  }

  /** After a change: objects hold copies of those they name, so nothing read before is relied on. Waits for the kinds named. */
  async changed(...awaited: string[]): Promise<void> {
    this.#read = new Set(awaited);
    this.#edition += 1;
    await Promise.all(awaited.map((key) => this.of(key).reload()));
  }

  /** After an object was deleted. */
  without({ key, id, many }: Kind, gone: string): void {
    if (many) return void this.changed();
    const listing = this.of(key);
    listing.rows = listing.rows.filter((object) => String(object[id]) !== gone);
    void this.changed();
  }
}

/** Reads all pages of a kind, and shows what it has after each. */
async function readAll(kind: Kind, begun: (rows: Values[]) => void): Promise<Slice<Values, string>> {
  let rows: Values[] = [];
  for (let next: string | null = `${kind.path}?limit=${FIRST_ROWS}`; next; ) {
    const slice: PageOf<Values> = await page<Values>(next);
    rows = inOrder(kind, [...rows, ...slice.rows]);
    next = slice.next?.replace(/([?&]limit=)\d+/, `$1${PAGE_ROWS}`) ?? null;
    begun(rows);
  }
  return { rows, next: null };
}

export const catalogue = new Catalogue();
