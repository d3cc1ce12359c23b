/** Customers of the hub, found page by page. */

import { api, body, type Schema } from '$lib/api/client';
import { session } from '$lib/session/session.svelte';
import type { Slice } from '$lib/ui/listing.svelte';

export type Customer = Schema['Customer'];

/** Before the oldest customer there is: pages after somebody are not counted, however many there are. */
const START = '0'.repeat(24);

/** Who erases, merges and sees personal data of customers he does not serve. */
export const leads = (): boolean => session.roles.some((role) => role === 'supervisor' || role === 'admin');

/**
 * A page of whom a filter finds. The hub looks at so many for each page and may find nobody among them; it is asked on
 * as long as `wanted` says so.
 */
export async function customersAfter(
  after: string | null,
  filter: string | null,
  rows: number,
  wanted: () => boolean,
): Promise<Slice<Customer, string>> {
  for (let next: string | null = after ?? START; ; ) {
    const query = { limit: String(rows), ...(next ? { after: next } : {}), ...(filter ? { filter } : {}) };
    const page: Schema['Customers'] = await body(api.GET('/cim-customer/customers', { params: { query } }));
    next = page.next ?? null;
    if (page.docs.length > 0 || next === null || !wanted()) return { rows: page.docs, next };
  }
}
